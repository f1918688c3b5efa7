import fc from "fast-check";
import type { UnpackedValue } from "../../../sdk/batch/unpack.js";
import { rawJson } from "../../../sdk/raw-json.js";
import { type ColumnType, decimal, list, scalar, scalarKinds } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { edgeValues, extremeValues } from "../../../sdk/testing/edge-values.js";

const scalars = fc.oneof(
  fc.constantFrom(...scalarKinds).map(scalar),
  fc
    .tuple(fc.integer({ min: 1, max: 38 }), fc.integer({ min: 0, max: 38 }))
    .map(([precision, scale]) => decimal(precision, Math.min(precision, scale))),
);

/** Any logical type. */
export const columnTypes: fc.Arbitrary<ColumnType> = fc.oneof(
  { weight: 6, arbitrary: scalars },
  { weight: 1, arbitrary: scalars.map(list) },
  { weight: 1, arbitrary: scalars.map((type) => list(list(type))) },
);

/** Columns and rows of values in the form of `unpack`, nulls among them. */
export const tables: fc.Arbitrary<{ columns: Column[]; rows: Record<string, UnpackedValue>[] }> = fc
  .array(fc.record({ type: columnTypes, nullable: fc.boolean() }), { minLength: 1, maxLength: 6 })
  .map((declared) => declared.map((column, i) => ({ name: i === 3 ? "__proto__" : `c${i}`, ...column })))
  .chain((columns) =>
    fc
      .array(fc.tuple(...columns.map(({ type, nullable }) => (nullable ? fc.option(values(type)) : values(type)))), {
        maxLength: 150,
      })
      .map((rows) => ({
        columns,
        rows: rows.map((cells) => Object.fromEntries(cells.map((cell, i) => [columns[i]!.name, cell]))),
      })),
  );

/** A value of a type, in the form of `unpack`. */
function values(type: ColumnType): fc.Arbitrary<UnpackedValue> {
  const edges = fc.constantFrom(...edgeValues(type), ...extremeValues(type));
  switch (type.kind) {
    case "int64":
      return fc.oneof(edges, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    case "float64":
      return fc.oneof(edges, fc.double());
    case "float32":
      return fc.oneof(edges, fc.float());
    case "string":
      return fc.oneof(edges, fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));
    case "binary":
      return fc.oneof(edges, fc.uint8Array());
    case "list":
      return fc.oneof(edges, fc.array(fc.option(values(type.item)), { maxLength: 5 }));
    default:
      return edges;
  }
}

/** The same value as `pack` takes it: JSON text marked as such. */
export function packable(value: UnpackedValue, type: ColumnType): unknown {
  if (value === null) return null;
  if (type.kind === "json") return rawJson(value as string);
  if (type.kind === "list") return (value as UnpackedValue[]).map((item) => packable(item, type.item));
  return value;
}

export function packableRow(row: Record<string, UnpackedValue>, columns: readonly Column[]): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name, type }) => [name, packable(row[name] ?? null, type)]));
}
