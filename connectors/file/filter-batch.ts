import { isMisfit } from "../../sdk/batch/misfit.js";
import { unscaled, valueText } from "../../sdk/batch/value-text.js";
import { valueWriter } from "../../sdk/batch/value-writer.js";
import {
  type Batch,
  type Column,
  type ColumnType,
  ConfigError,
  formatType,
  isNull,
  type Predicate,
  type Vector,
} from "../../sdk/index.js";
import { gatherVector } from "./gather-vector.js";

/** The rows of a batch for which every predicate holds, and of those the columns named, in that order. */
export function filterBatch(batch: Batch, filter: readonly Predicate[], names: readonly string[]): Batch {
  const places = names.map((name) => batch.columns.findIndex((column) => column.name === name));
  const columns = places.map((place) => batch.columns[place]!);
  const vectors = places.map((place) => batch.vectors[place]!);
  if (filter.length === 0) return { rows: batch.rows, columns, vectors };
  const tests = filter.map((predicate) => predicateTest(batch, predicate));
  const kept: number[] = [];
  for (let row = 0; row < batch.rows; row++) if (tests.every((test) => test(row))) kept.push(row);
  const rows = Int32Array.from(kept);
  return { rows: rows.length, columns, vectors: vectors.map((vector) => gatherVector(vector, rows)) };
}

function predicateTest(batch: Batch, { column: name, operator, values }: Predicate): (row: number) => boolean {
  const place = batch.columns.findIndex((column) => column.name === name);
  const column = batch.columns[place]!;
  const vector = batch.vectors[place]!;
  if (operator === "is_null") return (row) => isNull(vector, row);
  if (operator === "is_not_null") return (row) => !isNull(vector, row);
  const comparableOf = comparable(column.type);
  const wanted = values.map((text) => comparableOf(constant(column, text), 0));
  const holds = comparison(operator, wanted);
  return (row) => !isNull(vector, row) && holds(comparableOf(vector, row));
}

type Comparable = number | bigint | boolean | string;

function comparison(operator: Predicate["operator"], wanted: readonly Comparable[]): (value: Comparable) => boolean {
  const [first] = wanted as [Comparable];
  switch (operator) {
    case "=":
      return (value) => value === first;
    case "<>":
      return (value) => value !== first;
    case "<":
      return (value) => value < first;
    case "<=":
      return (value) => value <= first;
    case ">":
      return (value) => value > first;
    case ">=":
      return (value) => value >= first;
    default:
      return (value) => wanted.includes(value);
  }
}

/** The value of a row in a form that JavaScript compares as SQL does; bytes of UTF-8 as hexadecimal digits. */
function comparable(type: ColumnType): (vector: Vector, row: number) => Comparable {
  const view = (vector: Vector) => {
    const { buffer, byteOffset, byteLength } = (vector as Extract<Vector, { layout: "fixed" }>).data;
    return new DataView(buffer, byteOffset, byteLength);
  };
  switch (type.kind) {
    case "int16":
      return (vector, row) => view(vector).getInt16(row * 2, true);
    case "int32":
    case "date":
      return (vector, row) => view(vector).getInt32(row * 4, true);
    case "int64":
    case "time":
    case "timestamp":
    case "datetime":
      return (vector, row) => view(vector).getBigInt64(row * 8, true);
    case "float32":
      return (vector, row) => view(vector).getFloat32(row * 4, true);
    case "float64":
      return (vector, row) => view(vector).getFloat64(row * 8, true);
    case "decimal":
      return (vector, row) => unscaled(view(vector), row, type.precision);
    default:
      return (vector, row) => Buffer.from(valueText(vector, type, row)).toString("hex");
  }
}

/** A predicate's text as a vector of one value. */
function constant({ name, type }: Column, text: string): Vector {
  const writer = valueWriter(type);
  try {
    writer.append(type.kind === "boolean" ? text === "true" : text);
  } catch (error) {
    if (!isMisfit(error)) throw error;
    throw new ConfigError("filter.value", `the filter on column '${name}' (${formatType(type)}): ${error.message}`, {
      column: name,
    });
  }
  return writer.builder.finish();
}
