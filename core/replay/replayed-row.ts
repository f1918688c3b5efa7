import type { Row } from "../../sdk/batch/pack.js";
import { parseJson } from "../../sdk/parse-json.js";
import { rawJson } from "../../sdk/raw-json.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { rowMembers } from "../quality/row-members.js";

/** A quarantined row's text, as `rowTexts` wrote it, as values that pack exactly into these columns. */
export function replayedRow(text: string, columns: readonly Column[]): Row {
  const members = rowMembers(text);
  return Object.fromEntries(
    columns.map(({ name, type }) => {
      const member = members.get(name);
      const isNull = member === undefined || (member === "null" && type.kind !== "json");
      return [name, isNull ? null : valueFrom(member, type)];
    }),
  );
}

function valueFrom(text: string, type: ColumnType): unknown {
  if (type.kind === "json") return rawJson(text);
  const value = parseJson(text);
  return exactly(value, type);
}

/** Bytes are written as `\x00ff`, a float32 by its own shortest text. */
function exactly(value: unknown, type: ColumnType): unknown {
  if (type.kind === "list" && Array.isArray(value)) return value.map((item) => exactly(item, type.item));
  if (type.kind === "float32" && typeof value === "number") return Math.fround(value);
  if (type.kind === "binary" && typeof value === "string") return Buffer.from(value.replace(/^\\x/, ""), "hex");
  return value;
}
