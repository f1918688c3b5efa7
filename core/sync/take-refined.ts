import type { Writer } from "../../sdk/destination.js";
import { quarantinedRows, type RejectingLoad } from "../quality/quarantined-row.js";
import { stoppedBy } from "../quality/stopped-by.js";
import type { Refined } from "../transform/refinery.js";
import type { Gate } from "./gate.js";
import type { LaneTables } from "./lane-tables.js";
import type { Load } from "./load.js";
import type { StreamPlan } from "./stream-plan.js";

interface TakenInto extends Pick<RejectingLoad, "masks" | "origin"> {
  readonly load: Load;
  readonly plan: StreamPlan;
  readonly writer: Writer;
  readonly tables: LaneTables;
  readonly gate: Pick<Gate, "show">;
}

/**
 * Stages what the refinery made of a batch: rows that stay, and rows for the quarantine; the load counts what does not stay.
 * @throws DataError `quality.rule_failed` for a row that is to stop the stream
 */
export async function takeRefined(
  refined: Refined,
  { load, plan, writer, tables, masks, origin, gate }: TakenInto,
): Promise<void> {
  const { batch, filtered, rejects, failed, stops, children, discardedChildren = 0 } = refined;
  if (stops !== undefined) throw stoppedBy(stops, plan);
  if (rejects.length > 0) {
    const rejecting = { loadId: load.id, counted: load.quarantined, masks, origin };
    await writer.quarantine(quarantinedRows(rejects, rejecting));
  }
  if (batch.rows > 0) await gate.show(batch);
  if (batch.rows > 0) await tables.write(batch, children);
  load.filtered += filtered;
  load.discardedChildren += discardedChildren;
  load.quarantined += rejects.length;
  for (const [rule, rows] of failed) load.failed.set(rule, (load.failed.get(rule) ?? 0) + rows);
}
