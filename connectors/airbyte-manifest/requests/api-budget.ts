import { durationMs } from "../auth/duration-ms.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import { type Component, child, children, field, object, requiredText, text, typeOf } from "../load/fields.js";
import { refuseCustom } from "../load/refuse-custom.js";
import { durationOf } from "../value/duration.js";
import type { Templates } from "../value/templates.js";
import type { WireRequest } from "./exchange.js";

/** What an API allows to be called, shared by all streams. */
export interface ApiBudget {
  /** Waits until the request may be sent. */
  acquire(request: WireRequest): Promise<void>;
}

export const unlimitedBudget: ApiBudget = { acquire: async () => undefined };

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

  return {
    async acquire(request) {
      const policy = policies.find(({ matches }) => matches(request));
      if (policy !== undefined) await wait(policy, policy.weight(request));
    },
  };
}

/** When so many more calls are allowed. */
function freeAt(calls: readonly number[], { limit, intervalMs }: Rate, weight: number, now: number): number {
  const recent = calls.filter((at) => at > now - intervalMs);
  const over = recent.length + Math.min(weight, limit) - limit;
  return over <= 0 ? now : (recent[over - 1] as number) + intervalMs;
}

function policyOf(policy: Component, { templates, clock }: BudgetOptions): Policy {
  const matchers = children(policy, "matchers").map((matcher) => matcherOf(matcher, templates));
  const ms = (duration: string) => durationMs(durationOf(duration), clock());
  const whole = (component: Component, name: string) => Number(templates.text(requiredText(component, name), pyDict()));
  const found = (request: WireRequest) => matchers.find(({ matches }) => matches(request));
  const shared = {
    matches: (request: WireRequest) => matchers.length === 0 || found(request) !== undefined,
    weight: (request: WireRequest) => found(request)?.weight ?? 1,
    calls: [],
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

interface Matcher {
  matches(request: WireRequest): boolean;
  readonly weight: number;
}

function matcherOf(component: Component, templates: Templates): Matcher {
  const method = text(component, "method")?.toUpperCase();
  const base = text(component, "url_base")?.replace(/\/+$/, "");
  const pattern = text(component, "url_path_pattern");
  const path = pattern === undefined ? undefined : new RegExp(pattern, "u");
  const parameters = [...(object(component, "params") ?? [])].map(([name, value]) => [str(name), str(value)] as const);
  const headers = [...(object(component, "headers") ?? [])].map(
    ([name, value]) => [str(name).toLowerCase(), str(value)] as const,
  );
  const weight = Number(templates.text(str(field(component, "weight") ?? 1n), pyDict()));
  return {
    weight: Number.isSafeInteger(weight) && weight > 0 ? weight : 1,
    matches(request) {
      const url = new URL(request.url);
      if (method !== undefined && request.method !== method) return false;
      if (base !== undefined && url.origin !== base) return false;
      if (path !== undefined && !path.test(url.pathname.slice(0, 2000).replace(/\/+$/, ""))) return false;
      if (!parameters.every(([name, value]) => url.searchParams.get(name) === value)) return false;
      const own = new Map([...request.headers].map(([name, value]) => [name.toLowerCase(), value]));
      return headers.every(([name, value]) => own.get(name) === value);
    },
  };
}
