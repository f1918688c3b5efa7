import type { Batch } from "../../sdk/batch/batch.js";
import { pack, type Row } from "../../sdk/batch/pack.js";
import { DataError } from "../../sdk/errors.js";
import { rawJson } from "../../sdk/raw-json.js";
import { type ColumnType, formatType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";

export interface PackedRows {
  readonly batch: Batch;
  /** Which of the rows it has, ascending. */
  readonly fitting: readonly number[];
  /** The others, and why, in words that show no value. */
  readonly unfit: readonly { readonly at: number; readonly reason: string }[];
}

/**
 * Packs rows that `unpack` gave and somebody changed: a row that does not fit the columns is told, and left out. Keys that
 * are no column are ignored.
 * @param mayLack whether a row need not have the columns that allow no null
 */
export function packFitting(
  columns: readonly Column[],
  rows: readonly Row[],
  mayLack: (at: number) => boolean,
): PackedRows {
  const wide = columns.map((column) => ({ ...column, nullable: true }));
  const packable = rows.map((row) => Object.fromEntries(wide.map(({ name, type }) => [name, packed(row[name], type)])));
  const needed = columns.filter(({ nullable }) => !nullable);
  const unfit = new Map<number, string>();
  for (const [at, row] of packable.entries()) {
    const empty = needed.find(({ name }) => (row[name] ?? null) === null);
    if (empty !== undefined && !mayLack(at)) unfit.set(at, `'${empty.name}' may not be null`);
  }
  const fitting = () => packable.filter((_, at) => !unfit.has(at));
  let batch = tryPack(wide, fitting());
  if (batch instanceof DataError) {
    // Which ones it is about: rare enough to try each by itself.
    for (const [at, row] of packable.entries()) {
      const alone = unfit.has(at) ? undefined : tryPack(wide, [row]);
      if (alone instanceof DataError) unfit.set(at, reasonOf(alone, columns));
    }
    batch = pack(wide, fitting());
  }
  return {
    batch: { ...batch, columns },
    fitting: rows.flatMap((_, at) => (unfit.has(at) ? [] : [at])),
    unfit: [...unfit].map(([at, reason]) => ({ at, reason })),
  };
}

function tryPack(columns: readonly Column[], rows: readonly Row[]): Batch | DataError {
  try {
    return pack(columns, rows);
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

function reasonOf({ column }: DataError, columns: readonly Column[]): string {
  const found = columns.find(({ name }) => name === column);
  return found === undefined ? "it does not fit its columns" : `'${found.name}' does not fit ${formatType(found.type)}`;
}

/** JSON comes as its text: text that is JSON goes back as it stands. */
function packed(value: unknown, type: ColumnType): unknown {
  if (type.kind === "list" && Array.isArray(value)) return value.map((item) => packed(item, type.item));
  if (type.kind !== "json" || typeof value !== "string") return value;
  try {
    JSON.parse(value);
    return rawJson(value);
  } catch {
    return value;
  }
}
