import type { Batch } from "../batch/batch.js";
import { pack } from "../batch/pack.js";
import type { UnpackedValue } from "../batch/unpack.js";
import { valueText } from "../batch/value-text.js";
import { isNull } from "../batch/vector.js";
import { rawJson } from "../raw-json.js";
import type { ColumnType } from "../schema/column-type.js";
import type { Column } from "../schema/stream.js";

/** A row whose values are canonical text: what two systems can be compared by. */
export type CanonicalRow = Readonly<Record<string, string | null>>;

/** A batch's rows as canonical text. */
export function canonicalRows(batch: Batch): CanonicalRow[] {
  return Array.from({ length: batch.rows }, (_, row) =>
    Object.fromEntries(
      batch.columns.map(({ name, type }, i) => {
        const vector = batch.vectors[i]!;
        return [name, isNull(vector, row) ? null : valueText(vector, type, row)];
      }),
    ),
  );
}

/** Packs rows in the form that `unpack` gives: JSON text is taken as it stands. */
export function repack(columns: readonly Column[], rows: readonly Readonly<Record<string, UnpackedValue>>[]): Batch {
  return pack(
    columns,
    rows.map((row) => Object.fromEntries(columns.map(({ name, type }) => [name, packable(row[name] ?? null, type)]))),
  );
}

function packable(value: UnpackedValue, type: ColumnType): unknown {
  if (value === null) return null;
  if (type.kind === "json") return rawJson(value as string);
  return type.kind === "list" ? (value as UnpackedValue[]).map((item) => packable(item, type.item)) : value;
}

/** Rows in an order that does not depend on the one they came in, so that multisets compare. */
export function sortedRows(rows: readonly CanonicalRow[]): CanonicalRow[] {
  const keyed = rows.map((row) => ({
    row,
    key: JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))),
  }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ row }) => row);
}
