import { durationMs } from "../auth/duration-ms.js";
import { pyDict } from "../jinja/values/dict.js";
import { type Component, child, children, list, requiredText, text, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import { durationOf } from "../value/duration.js";
import type { Templates } from "../value/templates.js";
import type { Answer } from "./answer.js";
import type { WireRequest } from "./exchange.js";
import { createRequestMatcher } from "./request-matcher.js";
import { wholeNumber } from "./whole-number.js";

/** What an API allows to be called, shared by all streams. */
export interface ApiBudget {
  /** Waits until the request may be sent. */
  acquire(request: WireRequest): Promise<void>;
  /** Takes from the answer what the server says is left, and until when. */
  observe(request: WireRequest, answer: Answer): void;
}

export const unlimitedBudget: ApiBudget = { acquire: async () => undefined, observe: () => undefined };

export interface BudgetOptions {
  readonly templates: Templates;
  readonly clock: () => number;
  readonly pause: (seconds: number) => Promise<void>;
}

/** So many calls in so many milliseconds. */
interface Rate {
  readonly limit: number;
  readonly intervalMs: number;
}

interface Policy {
  matches(request: WireRequest): boolean;
  weight(request: WireRequest): number;
  readonly rates: readonly Rate[];
  /** When calls were made, each as often as it weighs; oldest first. */
  readonly calls: number[];
  /** Whether all calls of a window are free again at once. */
  readonly isFixed: boolean;
}

/** The `api_budget` of a manifest: the first policy that a request matches holds it back. */
export function createApiBudget(manifest: Component, options: BudgetOptions): ApiBudget {
  const component = child(manifest, "api_budget");
  if (component === undefined) return unlimitedBudget;
  const policies = children(component, "policies").map((policy) => policyOf(policy, options));

  async function wait({ rates, calls }: Policy, weight: number): Promise<void> {
    for (;;) {
      const now = options.clock();
      const longest = Math.max(0, ...rates.map(({ intervalMs }) => intervalMs));
      while (calls[0] !== undefined && calls[0] <= now - longest) calls.shift();
      const free = Math.max(now, ...rates.map((rate) => freeAt(calls, rate, weight, now)));
      if (free <= now) break;
      await options.pause((free - now) / 1000);
    }
    for (let i = 0; i < weight; i++) calls.push(options.clock());
  }

  const policyFor = (request: WireRequest) => policies.find(({ matches }) => matches(request));
  const report = reportOf(component, options.clock);
  return {
    async acquire(request) {
      const policy = policyFor(request);
      if (policy !== undefined) await wait(policy, policy.weight(request));
    },
    observe(request, answer) {
      const policy = policyFor(request);
      if (policy !== undefined) adjust(policy, report(answer), options.clock());
    },
  };
}

/** What a server says of its own limit. */
interface Report {
  readonly left: number | undefined;
  /** When all calls are free again, in milliseconds since 1970. */
  readonly resetAt: number | undefined;
}

/** Below this a reset is a number of seconds from now (RateLimit header fields of the IETF), above it a time. */
const firstTime = 1_000_000_000;

function reportOf(component: Component, clock: () => number): (answer: Answer) => Report {
  const resetHeader = (text(component, "ratelimit_reset_header") || "ratelimit-reset").toLowerCase();
  const leftHeader = (text(component, "ratelimit_remaining_header") || "ratelimit-remaining").toLowerCase();
  const codes = (list(component, "status_codes_for_ratelimit_hit") ?? []).map(Number);
  const hits = new Set(codes.length > 0 ? codes : [429]);
  return ({ status, headers }) => {
    const reset = wholeNumber(headers.get(resetHeader));
    const left = wholeNumber(headers.get(leftHeader)) ?? (hits.has(status) ? 0 : undefined);
    const resetAt = reset === undefined ? undefined : reset < firstTime ? clock() + reset * 1000 : reset * 1000;
    return { left, resetAt };
  };
}

/** Calls that others have made count like own ones; a server's window moves that of a fixed policy. The limit itself never grows. */
function adjust({ rates, calls, isFixed }: Policy, { left, resetAt }: Report, now: number): void {
  const [rate] = rates;
  if (rate === undefined) return;
  const { limit, intervalMs } = rate;
  const isAhead = resetAt !== undefined && resetAt > now;
  if (isFixed && isAhead) calls.fill(resetAt - intervalMs);
  const free = limit - calls.filter((at) => at > now - intervalMs).length;
  const taken = left === undefined ? 0 : Math.max(0, free - left);
  const at = isAhead ? resetAt - intervalMs : now;
  for (let i = 0; i < taken; i++) calls.push(at);
  if (taken > 0) calls.sort((a, b) => a - b);
}

/** When so many more calls are allowed. */
function freeAt(calls: readonly number[], { limit, intervalMs }: Rate, weight: number, now: number): number {
  const recent = calls.filter((at) => at > now - intervalMs);
  const over = recent.length + Math.min(weight, limit) - limit;
  return over <= 0 ? now : (recent[over - 1] as number) + intervalMs;
}

function policyOf(policy: Component, { templates, clock }: BudgetOptions): Policy {
  const matchers = children(policy, "matchers").map((matcher) => createRequestMatcher(matcher, templates));
  const ms = (duration: string) => durationMs(durationOf(duration), clock());
  const whole = (component: Component, name: string) => Number(templates.text(requiredText(component, name), pyDict()));
  const found = (request: WireRequest) => matchers.find(({ matches }) => matches(request));
  const shared = {
    matches: (request: WireRequest) => matchers.length === 0 || found(request) !== undefined,
    weight: (request: WireRequest) => found(request)?.weight ?? 1,
    calls: [],
    isFixed: typeOf(policy) === "FixedWindowCallRatePolicy",
  };
  switch (typeOf(policy)) {
    case "FixedWindowCallRatePolicy":
      return {
        ...shared,
        rates: [{ limit: whole(policy, "call_limit"), intervalMs: ms(requiredText(policy, "period")) }],
      };
    case "MovingWindowCallRatePolicy":
      return {
        ...shared,
        rates: children(policy, "rates").map((rate) => ({
          limit: whole(rate, "limit"),
          intervalMs: ms(requiredText(rate, "interval")),
        })),
      };
    case "UnlimitedCallRatePolicy":
      return { ...shared, rates: [] };
    default:
      return refuseCustom(policy, "a policy of the API's budget");
  }
}
