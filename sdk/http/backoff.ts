export interface BackoffOptions {
  /** The longest wait before the second attempt, in milliseconds. */
  readonly firstMs?: number;
  /** No wait is longer. */
  readonly mostMs?: number;
}

/**
 * How long to wait before the next attempt: "full jitter", any time up to a bound that doubles with each attempt, so
 * that clients that failed together do not come back together.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param attempt how many attempts have failed, from 1
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, random: number, { firstMs = 500, mostMs = 60_000 }: BackoffOptions = {}) {
  const bound = Math.min(mostMs, firstMs * 2 ** (attempt - 1));
  return Math.ceil(bound * (0.1 + 0.9 * random));
}
