import { DataError } from "../../sdk/errors.js";
import type { RejectedRow } from "../transform/refinery.js";
import { rowKey } from "./row-key.js";

interface StreamKey {
  readonly id: string;
  readonly primaryKey: readonly string[];
}

/** The error of a row that stops its stream, by a rule with `on_fail: fail` or a transform with `on_error: fail`. */
export function stoppedBy({ rule, reason, text }: RejectedRow, { id, primaryKey }: StreamKey): DataError {
  const values = rowKey(text, primaryKey);
  const key = primaryKey.map((name, i) => `${name}=${values[i]}`).join(", ");
  const where = key === "" ? "" : ` (${key})`;
  return new DataError("quality.rule_failed", `stream '${id}': a row${where} breaks ${rule}: ${reason}`, {
    stream: id,
    hint: "correct the row at the source, or let the rule quarantine such rows",
    ...(key === "" ? {} : { row: key }),
  });
}
