import Bottleneck from "bottleneck/light.js";
import type { Headers } from "./request.js";
import { tooLong, wait } from "./retry.js";

/** How often a host may be asked; every limit given holds. */
export interface Rate {
  readonly perSecond?: number;
  readonly perMinute?: number;
  readonly perHour?: number;
  /** Requests under way at once: 8. */
  readonly concurrency?: number;
}

/** The requests that hosts may still be sent, shared by everything that one client reads. */
export interface HostBudget {
  /** Runs a job when the host may be asked again. @throws TransientError `http.rate_limited` where that is too far away */
  run<T>(host: string, signal: AbortSignal, job: () => Promise<T>): Promise<T>;
  /** Nobody asks the host before then: it has said so in these headers. */
  pause(host: string, waitMs: number, headers: Headers): void;
  close(): Promise<void>;
}

const defaultConcurrency = 8;

export function openBudget(rate: Rate, patienceMs: number): HostBudget {
  const limiters = new Map<string, Bottleneck[]>();
  const pauses = new Map<string, { readonly until: number; readonly headers: Headers }>();

  async function ready(host: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const pause = pauses.get(host);
      const ms = (pause?.until ?? 0) - Date.now();
      if (pause === undefined || ms <= 0) return;
      if (ms > patienceMs + slackMs) throw tooLong(host, pause.headers, Date.now());
      await wait(ms, signal);
    }
  }

  return {
    async run(host, signal, job) {
      const chain = limiters.get(host) ?? limitersOf(rate);
      limiters.set(host, chain);
      signal.throwIfAborted();
      return until(
        signal,
        chain[0]!.schedule(async () => {
          await ready(host, signal);
          signal.throwIfAborted();
          return job();
        }),
      );
    },
    pause(host, waitMs, headers) {
      const until = Date.now() + waitMs;
      if (until > (pauses.get(host)?.until ?? 0)) pauses.set(host, { until, headers });
    },
    async close() {
      await Promise.all([...limiters.values()].flat().map((limiter) => limiter.disconnect(false)));
    },
  };
}

/** What jitter may have added to a wait. */
const slackMs = 2_000;

/** A chain of limiters: a job passes them all. Fixed windows for what a server counts in minutes and hours, even spacing for seconds. */
function limitersOf({ perSecond, perMinute, perHour, concurrency = defaultConcurrency }: Rate): Bottleneck[] {
  const windows = [
    ...(perMinute === undefined ? [] : [{ amount: perMinute, interval: 60_000 }]),
    ...(perHour === undefined ? [] : [{ amount: perHour, interval: 3_600_000 }]),
  ];
  const chain = [
    new Bottleneck({ maxConcurrent: concurrency, minTime: perSecond === undefined ? 0 : Math.ceil(1000 / perSecond) }),
    ...windows.map(
      ({ amount, interval }) =>
        new Bottleneck({ reservoir: amount, reservoirRefreshAmount: amount, reservoirRefreshInterval: interval }),
    ),
  ];
  for (const [i, limiter] of chain.entries()) if (chain[i + 1] !== undefined) limiter.chain(chain[i + 1]);
  return chain;
}

/** The promise, unless the signal is aborted first. */
function until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
