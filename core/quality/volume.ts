import type { VolumeTest } from "./load-rule.js";

/** How a volume was judged. */
export interface VolumeVerdict {
  readonly fails: boolean;
  /** What it was compared with, in words. */
  readonly basis: string;
}

/** Fewer earlier runs say nothing about what is usual. */
const leastHistory = 3;

/**
 * Compares a run's rows with the median of earlier runs.
 * @param history rows of the runs before, the newest first
 */
export function judgeVolume({ within, over }: VolumeTest, rows: number, history: readonly number[]): VolumeVerdict {
  const earlier = history.slice(0, over);
  const needed = Math.min(leastHistory, over);
  if (earlier.length < needed) {
    return { fails: false, basis: `not judged: ${earlier.length} of ${needed} earlier runs` };
  }
  const usual = median(earlier);
  const [least, most] = [usual * (1 - within), usual * (1 + within)];
  return {
    fails: rows < least || rows > most,
    basis: `${rows} rows; the last ${earlier.length} runs had a median of ${usual}, so ${least} to ${most} are usual`,
  };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Rows written by each run of a stream, the newest first, from its loads in the ledger. */
export function rowsByRun(loads: readonly { readonly runId: string; readonly written: number }[]): number[] {
  const runs = new Map<string, number>();
  for (const { runId, written } of loads) runs.set(runId, (runs.get(runId) ?? 0) + written);
  return [...runs.values()];
}
