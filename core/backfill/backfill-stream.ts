import { ConfigError } from "../../sdk/errors.js";
import type { OpenSource } from "../../sdk/source.js";
import { rewriteMode } from "../sync/rewrite-mode.js";
import type { StreamPlan } from "../sync/stream-plan.js";
import { type StreamJob, syncStream } from "../sync/sync-stream.js";
import { mergedReads } from "./merged-reads.js";
import { type Window, windowSlices } from "./window.js";

/**
 * Reads a window of a stream again, in slices at the same time, and merges it into the table; where the stream's own
 * reading stands is not touched. Repeating it changes nothing.
 * @throws ConfigError `backfill.*` for a stream without a cursor or a key
 */
export async function backfillStream({ plan, source, destination, run }: StreamJob, window: Window): Promise<void> {
  const cursor = plan.stream.columns.find(({ name }) => name === plan.cursorField);
  if (cursor === undefined) {
    throw new ConfigError("backfill.no_cursor", `stream '${plan.id}' has no cursor that says what a window is`, {
      stream: plan.id,
      hint: "set `cursor:` to the column that the window is about",
    });
  }
  const slices = windowSlices(cursor, window, run.parallelism);
  const sliced: OpenSource = {
    ...source,
    async *read(request) {
      const parallelism = Math.max(1, Math.floor(run.parallelism / slices.length));
      const reads = slices.map((slice) => {
        return source.read({ ...request, parallelism, filter: [...(request.filter ?? []), ...slice] });
      });
      // Where one slice ends is no place to go on from.
      for await (const message of mergedReads(reads)) if (message.type !== "checkpoint") yield message;
      yield { type: "checkpoint", state: null };
    },
  };
  await syncStream({
    plan: { ...plan, read: "full_refresh" },
    source: sliced,
    destination,
    run: { ...run, aside: { writeMode: rewriteMode(plan) ?? refuse(plan) } },
  });
}

function refuse({ id, write }: StreamPlan): never {
  const why = write === "append" ? "is appended to" : "has no primary key";
  throw new ConfigError(
    "backfill.would_double",
    `stream '${id}' ${why}: rows of a window read again would be doubled`,
    {
      stream: id,
      hint: "write it with merge, or rebuild it with `sluice sync --full-refresh`",
    },
  );
}
