import type { Writer } from "../../sdk/destination.js";
import { ConfigError } from "../../sdk/errors.js";
import { formatType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quarantinedRows, type RejectingLoad } from "../quality/quarantined-row.js";
import { stoppedBy } from "../quality/stopped-by.js";
import type { Refined } from "../transform/refinery.js";
import type { Conform } from "./conform.js";
import type { Gate } from "./gate.js";
import type { Load } from "./load.js";
import type { StreamPlan } from "./select-streams.js";

interface TakenInto extends Pick<RejectingLoad, "masks"> {
  readonly load: Load;
  readonly plan: StreamPlan;
  readonly writer: Writer;
  readonly conform: Conform;
  readonly gate: Pick<Gate, "show">;
}

/**
 * Stages what the refinery made of a batch: rows that stay, and rows for the quarantine; the load counts what does not stay.
 * @throws DataError `quality.rule_failed` for a row that is to stop the stream
 */
export async function takeRefined(
  refined: Refined,
  { load, plan, writer, conform, masks, gate }: TakenInto,
): Promise<void> {
  const { batch, filtered, rejects, failed, stops, grown } = refined;
  if (grown !== undefined) throw undeclared(plan.id, grown);
  if (stops !== undefined) throw stoppedBy(stops, plan);
  if (rejects.length > 0) {
    await writer.quarantine(quarantinedRows(rejects, { loadId: load.id, counted: load.quarantined, masks }));
  }
  if (batch.rows > 0) await gate.show(batch);
  if (batch.rows > 0) await writer.write(conform.batch(batch));
  load.filtered += filtered;
  load.quarantined += rejects.length;
  for (const [rule, rows] of failed) load.failed.set(rule, (load.failed.get(rule) ?? 0) + rows);
}

function undeclared(stream: string, grown: readonly Column[]): ConfigError {
  const columns = grown.map(({ name, type }) => `${name}: "${formatType(type)}"`).join(", ");
  return new ConfigError(
    "function.columns",
    `stream '${stream}': its function gives columns that it does not declare`,
    {
      stream,
      option: { path: ["function"] },
      hint: `export const columns = { ${columns} }`,
    },
  );
}
