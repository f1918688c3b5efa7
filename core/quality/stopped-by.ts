import type { Batch } from "../../sdk/batch/batch.js";
import { valueText } from "../../sdk/batch/value-text.js";
import { isNull } from "../../sdk/batch/vector.js";
import { DataError } from "../../sdk/errors.js";
import type { Reject } from "../transform/verdicts.js";

interface StreamKey {
  readonly id: string;
  readonly primaryKey: readonly string[];
}

/**
 * The error of a row that stops its stream, by a rule with `on_fail: fail` or a transform with `on_error: fail`.
 * @param original the batch it is in, masked where it is masked
 */
export function stoppedBy({ row, rule, reason }: Reject, original: Batch, { id, primaryKey }: StreamKey): DataError {
  const key = primaryKey.map((name) => `${name}=${keyText(original, name, row)}`).join(", ");
  const where = key === "" ? "" : ` (${key})`;
  return new DataError("quality.rule_failed", `stream '${id}': a row${where} breaks ${rule}: ${reason}`, {
    stream: id,
    hint: "correct the row at the source, or let the rule quarantine such rows",
    ...(key === "" ? {} : { row: key }),
  });
}

function keyText({ columns, vectors }: Batch, name: string, row: number): string {
  const index = columns.findIndex((column) => column.name === name);
  if (index < 0) return "?";
  return isNull(vectors[index]!, row) ? "null" : valueText(vectors[index]!, columns[index]!.type, row);
}
