import type { LoadRow } from "../../sdk/destination.js";
import { asideRun } from "../sync/aside.js";

/**
 * Of a stream that is read whole each time: the first load of the run that read it last. What was rejected before was read
 * again by that run, and judged again.
 * @param loads the stream's own, the newest first
 */
export function currentSince(loads: readonly Pick<LoadRow, "loadId" | "runId">[]): number {
  const readings = loads.filter(({ runId }) => !asideRun(runId));
  const last = readings.filter(({ runId }) => runId === readings[0]?.runId);
  return last.length === 0 ? 0 : Math.min(...last.map(({ loadId }) => loadId));
}
