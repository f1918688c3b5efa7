import type { Column } from "../../sdk/schema/stream.js";
import type { OpenSource } from "../../sdk/source.js";
import type { Learned } from "../nested/learned.js";
import { isUnfolded } from "../nested/nested-choice.js";
import { chainedRefinery } from "../transform/chained-refinery.js";
import type { ExpressionEngine } from "../transform/engine.js";
import { prepareStream } from "./prepare-stream.js";
import { type StreamPlan, selectedColumns } from "./stream-plan.js";

interface FirstRows {
  readonly plan: StreamPlan;
  readonly source: OpenSource;
  readonly engine: ExpressionEngine;
  readonly learned: Learned;
  readonly signal: AbortSignal;
}

const rowsLookedAt = 1000;

/** Looks at the first rows of a stream, for what its nested data brings up: without a sync, that is all there is to know. */
export async function learnFirstRows(facts: FirstRows): Promise<void> {
  const { plan, engine, learned } = facts;
  if (!isUnfolded(plan.options.nested)) return;
  const first = await firstBatch(facts);
  if (first !== undefined) {
    const prepared = await prepareStream(plan, first.columns, engine, learned);
    const refinery = await chainedRefinery({ ...prepared, fits: [], engine });
    try {
      await refinery.refine(first.batch);
    } finally {
      await refinery.close();
    }
  }
  learned.looked = true;
}

async function firstBatch({ plan, source, signal }: FirstRows) {
  let columns: readonly Column[] = selectedColumns(plan);
  const { inferred, readModes } = plan.stream;
  const messages = source.read({
    stream: plan.stream,
    mode: readModes.includes("full_refresh") ? "full_refresh" : plan.read,
    columns: plan.columns,
    rereads: "merged",
    scans: false,
    inference: "optimistic",
    batch: { rows: rowsLookedAt, bytes: 2 ** 22 },
    parallelism: 1,
    signal,
    ...(plan.pushed.length > 0 && { filter: plan.pushed }),
    ...(inferred === true && { newColumns: { wanted: false } }),
    ...(plan.cursorField !== undefined && !readModes.includes("full_refresh") && { cursorField: plan.cursorField }),
  });
  for await (const message of messages) {
    if (message.type === "schema") columns = message.columns.filter(({ name }) => plan.columns.includes(name));
    if (message.type === "batch") return { columns, batch: message.batch };
  }
  return undefined;
}
