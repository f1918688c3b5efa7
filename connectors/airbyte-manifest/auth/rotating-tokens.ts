import { ConfigError, DataError } from "../../../sdk/errors.js";
import { createErrorHandler } from "../errors/error-handler.js";
import { sendWithRetry } from "../errors/send-with-retry.js";
import { toJson } from "../jinja/json.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyValue } from "../jinja/values/value.js";
import {
  type Component,
  children,
  field,
  integer,
  list,
  number,
  object,
  requiredChild,
  requiredText,
  text,
  texts,
} from "../load/fields.js";
import { type Answer, bodyJson } from "../requests/answer.js";
import type { WireRequest } from "../requests/exchange.js";
import { prepare } from "../requests/prepare.js";
import { createRequestMatcher } from "../requests/request-matcher.js";
import { wholeNumber } from "../requests/whole-number.js";
import type { Runtime } from "../runtime.js";
import { durationOf } from "../value/duration.js";
import { instantOf } from "../value/instant.js";
import { isDict } from "../value/is-dict.js";
import { type Authenticator, noOptionsOf } from "./authenticator.js";
import { durationMs } from "./duration-ms.js";
import { createTokenPools, type Pool, type Quota, type QuotaReport, type TokenPools } from "./token-pools.js";

/**
 * A RateLimitedMultipleTokenAuthenticator: takes the next token once one has no calls left, and waits for a reset when none
 * has. Streams with the same tokens and quotas count together.
 * @throws ConfigError `manifest.authenticator` where there are no tokens or no quotas
 */
export function rotatingTokens(component: Component, runtime: Runtime): Authenticator {
  const tokens = tokensOf(component, runtime);
  const quotas = children(component, "quotas").map((quota) => quotaOf(quota, runtime));
  if (tokens.length === 0 || quotas.length === 0) {
    throw new ConfigError(
      "manifest.authenticator",
      `a RateLimitedMultipleTokenAuthenticator has no ${tokens.length === 0 ? "tokens" : "quotas"}`,
      { hint: "give at least one token in the config" },
    );
  }
  const header = text(component, "header") || "Authorization";
  const method = text(component, "auth_method") || "Bearer";
  const signed = (token: string): readonly [string, string] => [header, `${method} ${token}`.trim()];
  const pools = sharedPools(component, { tokens, quotas, signed }, runtime);

  function tokenOf({ headers }: WireRequest): string | undefined {
    return tokens.find((token) => headers.get(header) === signed(token)[1]);
  }

  return {
    header: async () => undefined,
    options: noOptionsOf,
    async sign(request) {
      const [name, value] = signed(await pools.acquire(request, runtime));
      const others = [...request.headers].filter(([known]) => known.toLowerCase() !== name.toLowerCase());
      return { ...request, headers: new Map([...others, [name, value]]) };
    },
    observe(request, answer) {
      const token = tokenOf(request);
      const quota = quotas.find(({ name }) => name === pools.poolFor(request).name);
      if (token !== undefined && quota !== undefined) pools.observe(request, token, quota.report(answer));
    },
    hasOther(request) {
      const token = tokenOf(request);
      return token !== undefined && pools.hasOther(request, token);
    },
  };
}

/** One token in a text may be several, with a delimiter between them. */
function tokensOf(component: Component, { templates }: Runtime): readonly string[] {
  const given = field(component, "tokens");
  const whole = Array.isArray(given)
    ? given.map((token) => templates.text(str(token), pyDict()))
    : templates.text(str(given ?? ""), pyDict()).split(text(component, "token_delimiter") || ",");
  return whole.map((token) => token.trim()).filter((token) => token !== "");
}

/** A TokenQuota. */
interface TokenQuota extends Pool {
  /** What the quota's endpoint says of it. @throws DataError `manifest.quota` where the paths lead nowhere */
  read(body: PyValue): Quota;
  /** What an answer says of it. */
  report(answer: Answer): QuotaReport;
}

function quotaOf(component: Component, { templates }: Runtime): TokenQuota {
  const name = requiredText(component, "name");
  const codes = new Set((list(component, "exhaustion_status_codes") ?? []).map(Number));
  const headerOf = (field: string) => (text(component, field) ?? "").toLowerCase();
  const [left, reset, limit] = [headerOf("remaining_header"), headerOf("reset_header"), headerOf("limit_header")];

  function at(body: PyValue, field: string): PyValue {
    let value: PyValue | undefined = body;
    for (const key of texts(component, field) ?? []) value = isDict(value) ? value.get(key) : undefined;
    if (value !== undefined) return value;
    throw new DataError("manifest.quota", `the quota's status has nothing at the ${field} of '${name}'`);
  }

  function count(body: PyValue, field: string): number {
    const value = Number(str(at(body, field)));
    if (Number.isFinite(value)) return Math.trunc(value);
    throw new DataError("manifest.quota", `the ${field} of '${name}' leads to no number`);
  }

  return {
    name,
    matchers: children(component, "matchers").map((matcher) => createRequestMatcher(matcher, templates)),
    read(body) {
      const remaining = count(body, "remaining_path");
      const resetAt = instantOf(at(body, "reset_path"));
      if (resetAt === undefined) throw new DataError("manifest.quota", `the reset_path of '${name}' leads to no time`);
      const hasLimit = (texts(component, "limit_path") ?? []).length > 0;
      return { left: remaining, resetAt, limit: hasLimit ? count(body, "limit_path") : remaining };
    },
    report: ({ status, headers }) => {
      const time = headers.get(reset);
      return {
        left: wholeNumber(headers.get(left)),
        resetAt: time === undefined ? undefined : instantOf(time),
        limit: wholeNumber(headers.get(limit)),
        isExhausted: codes.has(status),
      };
    },
  };
}

const matcherFields = ["method", "url_base", "url_path_pattern", "params", "headers"];

interface PoolParts {
  readonly tokens: readonly string[];
  readonly quotas: readonly TokenQuota[];
  readonly signed: (token: string) => readonly [string, string];
}

/** The pools of all authenticators that are the same but for the parameters of the streams they stand in. */
function sharedPools(component: Component, { tokens, quotas, signed }: PoolParts, runtime: Runtime): TokenPools {
  const { templates } = runtime;
  const source = requiredChild(component, "quota_status_source");
  const url = templates.text(requiredText(source, "url"), pyDict());
  const headers = pyDict(
    [...(object(source, "request_headers") ?? [])].map(([name, value]) => [name, templates.text(str(value), pyDict())]),
  );
  const longest = templates.text(text(component, "max_wait_time") || "PT2H", pyDict());
  const reserve = {
    fraction: number(component, "budget_reserve_fraction") ?? 0.1,
    calls: integer(component, "budget_min_reserve") ?? 50,
  };
  const identity = children(component, "quotas").map((quota) => [
    text(quota, "name"),
    children(quota, "matchers").map((matcher) => matcherFields.map((name) => toJson(field(matcher, name) ?? null))),
  ]);
  const key = JSON.stringify([tokens.map(signed), url, toJson(headers), identity, longest, reserve]);
  const known = runtime.tokenPools.get(key);
  if (known !== undefined) return known;

  const unavailable = new Set((list(source, "unavailable_status_codes") ?? []).map(Number));
  const usual = createErrorHandler(undefined, runtime);
  const handler: typeof usual = {
    ...usual,
    judge(outcome) {
      const isOff = "answer" in outcome && unavailable.has(outcome.answer.status);
      return isOff ? { action: "ignore", failure: "transient_error", message: undefined } : usual.judge(outcome);
    },
  };
  const request = (token: string): WireRequest =>
    prepare({
      method: (text(source, "http_method") ?? "GET").toUpperCase(),
      url,
      headers: pyDict([...headers, signed(token)]),
      parameters: pyDict(),
      bodyJson: pyDict(),
      bodyData: "",
    });

  const pools = createTokenPools({
    tokens,
    pools: quotas,
    maxWaitMs: durationMs(durationOf(longest), runtime.clock()),
    reserve,
    async fetchQuotas(token) {
      const sent = await sendWithRetry(
        {
          request: request(token),
          handler,
          once: runtime.exchange,
          authorize: async (wire) => wire,
          refreshToken: async () => undefined,
        },
        runtime,
      );
      const answer = sent === "reset_pagination" ? undefined : sent.answer;
      if (answer === undefined || unavailable.has(answer.status)) return new Map();
      const body = bodyJson(answer) ?? null;
      return new Map(quotas.map((quota) => [quota.name, quota.read(body)]));
    },
  });
  runtime.tokenPools.set(key, pools);
  return pools;
}
