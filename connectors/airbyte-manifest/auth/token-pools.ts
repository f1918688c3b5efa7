import { TransientError } from "../../../sdk/errors.js";
import type { WireRequest } from "../requests/exchange.js";
import type { RequestMatcher } from "../requests/request-matcher.js";

/** A pool of calls that each token has: which requests draw from it. One without matchers takes what no other does. */
export interface Pool {
  readonly name: string;
  readonly matchers: readonly RequestMatcher[];
}

/** What a server counts for a token in one pool; undefined where it counts nothing. */
export interface Quota {
  left: number;
  /** Milliseconds since 1970. */
  resetAt: number;
  limit: number;
}

/** What an answer says of the quota it was charged to. */
export interface QuotaReport {
  readonly left: number | undefined;
  readonly resetAt: number | undefined;
  readonly limit: number | undefined;
  /** Whether the server refused the request because nothing was left. */
  readonly isExhausted: boolean;
}

export interface TokenPoolsOptions {
  readonly tokens: readonly string[];
  readonly pools: readonly Pool[];
  /** Asks the server what a token has left, by the name of the pool. */
  readonly fetchQuotas: (token: string) => Promise<ReadonlyMap<string, Quota | undefined>>;
  readonly maxWaitMs: number;
  /** Below this part of the limit, and below so many calls, what is left is spread over the time until the reset. */
  readonly reserve: { readonly fraction: number; readonly calls: number };
}

/** A moment's clock and way of waiting: those of the read that asks. */
export interface Waiting {
  readonly clock: () => number;
  readonly pause: (seconds: number) => Promise<void>;
}

/** Tokens that stand in for one another, with what each has left. */
export interface TokenPools {
  /** The token to send a request with, once one may be used. @throws TransientError `manifest.rate_limited` */
  acquire(request: WireRequest, waiting: Waiting): Promise<string>;
  observe(request: WireRequest, token: string, report: QuotaReport): void;
  /** Whether a request that was refused could be sent with another token at once. */
  hasOther(request: WireRequest, token: string): boolean;
  poolFor(request: WireRequest): Pool;
}

const longestSpreadSeconds = 10;
/** Times that have passed already must not make it ask the server again and again. */
const leastWaitSeconds = 5;
/** Answers and the quota's own endpoint may disagree by so much about one window. */
const skewMs = 60_000;

export function createTokenPools(options: TokenPoolsOptions): TokenPools {
  const { tokens, pools, fetchQuotas, maxWaitMs, reserve } = options;
  const quotas = new Map<string, ReadonlyMap<string, Quota | undefined>>();
  let active = 0;
  let asking: Promise<void> | undefined;

  function ask(): Promise<void> {
    asking ??= (async () => {
      const fresh = new Map<string, ReadonlyMap<string, Quota | undefined>>();
      for (const token of tokens) fresh.set(token, await fetchQuotas(token));
      for (const [token, known] of fresh) quotas.set(token, known);
    })().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  const quotaOf = (token: string, pool: Pool) => quotas.get(token)?.get(pool.name);
  const all = (pool: Pool) => tokens.map((token) => quotaOf(token, pool));

  /** Seconds to hold a call back, so that the last ones last until the reset. */
  function spread(pool: Pool, own: Quota, now: number): number {
    const known = all(pool).filter((quota) => quota !== undefined);
    const isLow = (quota: Quota) => quota.left <= Math.max(reserve.calls, quota.limit * reserve.fraction);
    if (known.length < tokens.length || !known.every(isLow)) return 0;
    const left = known.reduce((sum, quota) => sum + Math.max(0, quota.left), 0);
    const seconds = (own.resetAt - now) / 1000;
    return left <= 0 || seconds <= 0 ? 0 : Math.min(seconds / left, longestSpreadSeconds);
  }

  async function waitForReset(pool: Pool, deadline: number, { clock, pause }: Waiting): Promise<void> {
    const resets = all(pool).map((quota) => quota?.resetAt ?? 0);
    const wait = Math.min(...resets) - clock();
    const allowed = deadline - clock();
    if (allowed <= 0 || wait >= allowed) {
      throw new TransientError("manifest.rate_limited", `all tokens have used up what '${pool.name}' allows`, {
        hint: "run again after the reset, give more tokens, or let the manifest wait longer (max_wait_time)",
      });
    }
    await pause(Math.min(Math.max(wait / 1000, leastWaitSeconds), allowed / 1000));
    // Another read may have asked in the meantime.
    if (all(pool).every((quota) => quota !== undefined && quota.left <= 0)) await ask();
  }

  function poolFor(request: WireRequest): Pool {
    const matching = pools.find(({ matchers }) => matchers.some((matcher) => matcher.matches(request)));
    return matching ?? pools.find(({ matchers }) => matchers.length === 0) ?? (pools[0] as Pool);
  }

  return {
    poolFor,
    async acquire(request, waiting) {
      if (quotas.size === 0) await ask();
      const pool = poolFor(request);
      const deadline = waiting.clock() + maxWaitMs;
      for (;;) {
        const token = tokens[active] as string;
        const quota = quotaOf(token, pool);
        if (quota === undefined) {
          // Nothing is counted: the tokens take turns.
          active = (active + 1) % tokens.length;
          return token;
        }
        if (quota.left > 0) {
          quota.left -= 1;
          const seconds = spread(pool, quota, waiting.clock());
          if (seconds >= 0.1) await waiting.pause(seconds);
          return token;
        }
        const canWait = all(pool).every((each) => each !== undefined && each.left <= 0);
        if (canWait) await waitForReset(pool, deadline, waiting);
        else active = (active + 1) % tokens.length;
      }
    },
    observe(request, token, report) {
      const quota = quotaOf(token, poolFor(request));
      if (quota !== undefined) adjust(quota, report);
    },
    hasOther(request, token) {
      const pool = poolFor(request);
      const own = quotaOf(token, pool);
      if (own === undefined || own.left > 0) return false;
      return tokens.some((other) => other !== token && (quotaOf(other, pool)?.left ?? 0) > 0);
    },
  };
}

/** Within a window the count only falls: answers come out of order. A later reset is a new window, with the server's numbers. */
function adjust(quota: Quota, { left, resetAt, limit, isExhausted }: QuotaReport): void {
  if (limit !== undefined && limit > 0 && (resetAt === undefined || resetAt >= quota.resetAt)) quota.limit = limit;
  const counted = left ?? (isExhausted ? 0 : undefined);
  if (resetAt !== undefined && resetAt > quota.resetAt) {
    quota.resetAt = resetAt;
    quota.left = counted ?? quota.limit;
    return;
  }
  if (counted === undefined) return;
  const isThisWindow = resetAt === undefined || resetAt >= quota.resetAt - skewMs;
  if (isThisWindow || (isExhausted && counted <= 0)) quota.left = Math.min(quota.left, counted);
}
