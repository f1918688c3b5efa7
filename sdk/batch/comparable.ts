import type { ColumnType } from "../schema/column-type.js";
import type { Column } from "../schema/stream.js";
import type { Predicate } from "../source.js";
import { pack, type Row } from "./pack.js";
import { slotBytes, unscaled, valueText } from "./value-text.js";
import { isNull, type Vector } from "./vector.js";

/** A value whose order by `compare` is the order of its type; text and bytes are in byte order. */
export type Comparable = number | bigint | string;

/** The comparable form of a value; undefined for null. */
export function comparable(vector: Vector, type: ColumnType, row: number): Comparable | undefined {
  if (isNull(vector, row)) return undefined;
  switch (type.kind) {
    case "string":
    case "json":
    case "binary":
      return Buffer.from(slotBytes(vector, row)).toString("latin1");
    case "float32":
    case "float64":
    case "int16":
    case "int32":
      return Number(valueText(vector, type, row).replace("infinity", "Infinity"));
    case "int64":
      return BigInt(valueText(vector, type, row));
    case "decimal":
      return unscaled(viewOf(vector), row, type.precision);
    case "date":
      return viewOf(vector).getInt32(row * 4, true);
    case "time":
    case "timestamp":
    case "datetime":
      return viewOf(vector).getBigInt64(row * 8, true);
    case "boolean":
    case "uuid":
    case "list":
      return valueText(vector, type, row);
  }
}

/** Negative, zero or positive as `a` is before, equal to or after `b`. NaN equals itself and comes last. */
export function compare(a: Comparable, b: Comparable): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The comparable form of a value as rows hold it. Errors as with `pack`. */
export function comparableOf(value: unknown, column: Column): Comparable | undefined {
  const batch = pack([{ ...column, nullable: true }], [{ [column.name]: value }]);
  return comparable(batch.vectors[0]!, column.type, 0);
}

/** Whether a row satisfies every predicate, as SQL has it: a comparison with null holds never. */
export function rowMatcher(filter: readonly Predicate[], columns: readonly Column[]): (row: Row) => boolean {
  const tests = filter.map(({ column: name, operator, values }) => {
    const column = columns.find((candidate) => candidate.name === name)!;
    const wanted = values.map((text) => comparableOf(column.type.kind === "boolean" ? text === "true" : text, column)!);
    return (row: Row) => holds(operator, comparableOf(row[name], column), wanted);
  });
  return (row) => tests.every((test) => test(row));
}

function holds(operator: Predicate["operator"], value: Comparable | undefined, wanted: readonly Comparable[]): boolean {
  if (operator === "is_null") return value === undefined;
  if (operator === "is_not_null") return value !== undefined;
  if (value === undefined) return false;
  if (operator === "in") return wanted.some((one) => compare(value, one) === 0);
  const order = compare(value, wanted[0]!);
  switch (operator) {
    case "=":
      return order === 0;
    case "<>":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function viewOf(vector: Vector): DataView {
  const { buffer, byteOffset, byteLength } = vector.layout === "list" ? new Uint8Array() : vector.data;
  return new DataView(buffer, byteOffset, byteLength);
}
