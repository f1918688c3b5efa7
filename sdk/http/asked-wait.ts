import type { Headers } from "./request.js";

/**
 * How long a server's headers ask us to wait, in milliseconds; undefined where they ask for nothing.
 *
 * - `Retry-After`: seconds or an HTTP date (RFC 9110, 10.2.3); fractions of seconds are taken too.
 * - `RateLimit-Reset`, `X-RateLimit-Reset`, `X-Rate-Limit-Reset`: seconds to wait, or the time as Unix seconds or
 *   milliseconds; heard only where the header for what remains says 0, or with a refused request.
 *
 * @param now Unix milliseconds
 * @param refused whether the server refused the request for its rate (429)
 */
export function askedWaitMs(headers: Headers, now: number, refused: boolean): number | undefined {
  const after = headers["retry-after"];
  const fromRetryAfter = after === undefined ? undefined : retryAfterMs(after, now);
  if (fromRetryAfter !== undefined) return fromRetryAfter;
  if (!refused && !isSpent(headers)) return undefined;
  const reset = resetNames.map((name) => headers[name]).find((value) => value !== undefined);
  return reset === undefined ? undefined : resetMs(reset, now);
}

/** Whether the headers say that nothing is left of the rate. */
export function isSpent(headers: Headers): boolean {
  return remainingNames.some((name) => headers[name]?.trim() === "0");
}

const remainingNames = ["ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining"];
const resetNames = ["ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"];

function retryAfterMs(value: string, now: number): number | undefined {
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** A reset beyond this is no number of seconds from now (31 years) but a time. */
const leastTime = 1_000_000_000;

function resetMs(value: string, now: number): number | undefined {
  const number = Number(value.trim());
  if (value.trim() === "" || !Number.isFinite(number) || number < 0) return retryAfterMs(value, now);
  if (number < leastTime) return Math.ceil(number * 1000);
  return Math.max(0, Math.ceil(number >= leastTime * 1000 ? number : number * 1000) - now);
}
