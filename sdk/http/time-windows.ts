/** A stretch of time, both ends included, in Unix milliseconds. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

export interface TimeWindows {
  readonly from: number;
  readonly to: number;
  /** How long a window is; unset: there is one. */
  readonly stepMs?: number;
  /** The smallest difference that the server's times have: the next window begins this much after the last. */
  readonly granularityMs?: number;
}

/**
 * Cuts a time into windows that touch and do not overlap, so that a server which takes both ends as included gives no
 * row twice and leaves none out. There is at least one, though it may be a moment.
 */
export function timeWindows({ from, to, stepMs, granularityMs = 1000 }: TimeWindows): TimeWindow[] {
  if (stepMs === undefined || to <= from) return [{ from, to: Math.max(from, to) }];
  const length = Math.max(stepMs, granularityMs);
  const windows: TimeWindow[] = [];
  for (let start = from; start <= to; start += length) {
    windows.push({ from: start, to: Math.min(to, start + length - granularityMs) });
  }
  return windows;
}
