import { type ErrorKind, type SluiceError, TransientError } from "../errors.js";
import { askedWaitMs, isSpent } from "./asked-wait.js";
import { type BackoffOptions, backoffMs } from "./backoff.js";
import type { Headers } from "./request.js";

export interface RetryOptions extends BackoffOptions {
  /** How often a request is sent before its failure is the run's: 6; five times as often where the server itself says when to come back. */
  readonly attempts?: number;
  /** The longest wait that a server may ask for: 15 minutes. Beyond it the run fails, to be tried later. */
  readonly patienceMs?: number;
  /** Statuses worth another attempt; 408, 425, 429, 500, 502, 503, 504 and 52x of proxies. A 403 is where its headers say the rate is spent. */
  readonly statuses?: readonly number[];
}

/** What came of an attempt: a status with its headers, or an error on the way. */
export type Failure =
  | { readonly status: number; readonly headers: Headers }
  | { readonly error: Pick<SluiceError, "kind"> };

export interface Attempt {
  readonly failure: Failure;
  /** How many attempts have failed so far, this one included. */
  readonly failed: number;
  /** Unix milliseconds. */
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
}

/** What to do next: wait and send again, or give up; `asked` says that the server named the time. */
export type Decision = { readonly waitMs: number; readonly asked: boolean } | "give_up" | "too_long";

export const defaultAttempts = 6;
export const defaultPatienceMs = 15 * 60_000;
const transientStatuses = [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529];
const retriedKinds: readonly ErrorKind[] = ["transient"];

/** Whether a status is a failure that time may heal. A 403 without anything left of the rate is a 429 by another name. */
export function isTransientStatus(
  status: number,
  headers: Headers,
  { statuses = transientStatuses }: RetryOptions = {},
) {
  return statuses.includes(status) || (status === 403 && (isSpent(headers) || headers["retry-after"] !== undefined));
}

/** Decides what follows a failed attempt; pure, so that every rule of it can be tried without a clock. */
export function decideRetry({ failure, failed, now, random }: Attempt, options: RetryOptions = {}): Decision {
  const { attempts = defaultAttempts, patienceMs = defaultPatienceMs } = options;
  if ("error" in failure) {
    if (!retriedKinds.includes(failure.error.kind) || failed >= attempts) return "give_up";
    return { waitMs: backoffMs(failed, random, options), asked: false };
  }
  const { status, headers } = failure;
  if (!isTransientStatus(status, headers, options)) return "give_up";
  const asked = askedWaitMs(headers, now, status === 429);
  if (asked === undefined)
    return failed >= attempts ? "give_up" : { waitMs: backoffMs(failed, random, options), asked: false };
  if (asked > patienceMs) return "too_long";
  if (failed >= attempts * mostAsked) return "give_up";
  // A little later than asked, and not all at once.
  return { waitMs: asked + Math.ceil(random * Math.min(1000, 50 + asked / 10)), asked: true };
}

/** A server that keeps asking to wait is believed this many times longer than one that only fails. */
const mostAsked = 5;

/** Waits. @throws the signal's reason when it is aborted */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** A run that ends because a server asks for a longer wait than it has patience for. */
export function tooLong(host: string, headers: Headers, now: number): TransientError {
  const ms = askedWaitMs(headers, now, true) ?? 0;
  const minutes = Math.ceil(ms / 60_000);
  return new TransientError("http.rate_limited", `${host} takes no more requests for ${minutes} minutes`, {
    hint: `run again after ${new Date(now + ms).toISOString().slice(0, 16)}Z: it goes on from what was committed`,
  });
}
