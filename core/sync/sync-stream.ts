import type { OpenDestination } from "../../sdk/destination.js";
import type { OpenSource, ReadRequest } from "../../sdk/source.js";
import { newColumns } from "./inferred-columns.js";
import type { Lane } from "./lane.js";
import { openLane } from "./open-lane.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamRun } from "./stream-run.js";
import { untilFailure } from "./until-failure.js";
import { withoutValues } from "./without-values.js";

export interface StreamJob {
  readonly plan: StreamPlan;
  readonly source: OpenSource;
  readonly destination: OpenDestination;
  readonly run: StreamRun;
}

/**
 * The sync of one stream, and the heart of Sluice: read a batch, refine it, write it, and commit data and state together.
 * Whatever is thrown, the target stands as the last commit left it.
 */
export async function syncStream({ plan, source, destination, run }: StreamJob): Promise<void> {
  const lane = await openLane({ plan, destination, run });
  try {
    for await (const message of untilFailure(source.read(requestOf(lane, run)))) {
      switch (message.type) {
        case "schema":
          await lane.adopt(message.columns);
          break;
        case "batch":
          await lane.write(message.batch, message.origin);
          break;
        case "encoded":
          await lane.writeEncoded(message.rows);
          break;
        case "scan":
          await lane.scan(message.scan);
          break;
        case "checkpoint":
          lane.offer(message.state);
          if (lane.commitIsDue()) await commit(lane, false);
          break;
        case "failed":
          // What the last checkpoint covers stands; only the rest is to be read again.
          if (lane.isCovered() && !run.signal.aborted) await commit(lane, false);
          throw message.error;
      }
    }
    await commit(lane, true);
  } catch (error) {
    await lane.abort();
    throw withoutValues(error, plan);
  } finally {
    await lane.close();
  }

  async function commit(lane: Lane, final: boolean): Promise<void> {
    const state = await lane.commit(final);
    if (state !== undefined) await source.acknowledge?.(plan.stream, state);
  }
}

function requestOf(lane: Lane, run: StreamRun): ReadRequest {
  const { plan } = lane;
  const { lookback } = plan.options;
  return {
    stream: plan.stream,
    mode: plan.read,
    columns: plan.columns,
    rereads: lane.merges ? "merged" : "forbidden",
    scans: run.scans && lane.passes,
    inference: run.inference,
    batch: run.batch,
    parallelism: connectionsFor(lane, run),
    signal: run.signal,
    ...newColumns(plan),
    ...(lane.encoding === undefined ? {} : { encoding: lane.encoding }),
    ...(plan.pushed.length === 0 ? {} : { filter: plan.pushed }),
    ...(lookback === undefined ? {} : { lookback }),
    ...(plan.cursorField === undefined || plan.read !== "incremental" ? {} : { cursorField: plan.cursorField }),
    ...(lane.resumeFrom === undefined ? {} : { state: lane.resumeFrom }),
  };
}

/**
 * What one connection gives keeps two of our cores busy, decoding and storing it; more only take turns with them. Where the
 * source leaves rows out, it is the source that is waited for.
 */
function connectionsFor({ plan, resumeFrom }: Lane, run: StreamRun): number {
  const isWhole = plan.pushed.length === 0 && resumeFrom === undefined;
  return isWhole ? Math.ceil(run.parallelism / 2) : run.parallelism;
}
