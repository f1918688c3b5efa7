import assert from "node:assert/strict";
import { comparableOf, compare } from "../batch/comparable.js";
import type { Column, Stream } from "../schema/stream.js";
import type { OpenSource, Predicate } from "../source.js";
import { type CanonicalRow, sortedRows } from "./canonical-rows.js";
import { readRequest, readStream } from "./read-stream.js";

/** One comparison, and the values that it wants. */
export interface FilterCase {
  readonly operator: Predicate["operator"];
  readonly values: readonly string[];
  matches(value: string | null): boolean;
}

/** Reads a stream under each operator on each of its columns, and compares with the rows that the operator wants. */
export async function filterTests(
  source: OpenSource,
  stream: Stream,
  expected: { readonly rows: readonly CanonicalRow[] },
): Promise<void> {
  for (const declared of stream.columns) {
    const column = declared.name;
    for (const { operator, values, matches } of filterCases(declared, expected.rows)) {
      const read = await readStream(source, readRequest(stream, { filter: [{ column, operator, values }] }));
      const wanted = expected.rows.filter((row) => matches(row[column] ?? null));
      assert.deepEqual(sortedRows(read.rows), sortedRows(wanted), `${column} ${operator} ${values.join(", ")}`);
    }
  }
}

/** Types whose canonical text is one to one with their values, so that equal text is equality. */
const comparedByText = [
  "boolean",
  "int16",
  "int32",
  "int64",
  "decimal",
  "string",
  "date",
  "time",
  "timestamp",
  "datetime",
  "uuid",
];
/** Types whose order is the same everywhere: text has collations. */
const ordered = ["int16", "int32", "int64", "decimal", "date", "timestamp", "datetime"];

/** Every operator that a column can be filtered by, on values that its rows have. */
export function filterCases(column: Column, rows: readonly CanonicalRow[]): FilterCase[] {
  const { kind } = column.type;
  const isNull: FilterCase = { operator: "is_null", values: [], matches: (value) => value === null };
  const isNotNull: FilterCase = { operator: "is_not_null", values: [], matches: (value) => value !== null };
  const present = rows.flatMap((row) => row[column.name] ?? []);
  const [first, second = first] = present;
  if (first === undefined || second === undefined || !comparedByText.includes(kind)) return [isNull, isNotNull];
  const cases: FilterCase[] = [
    isNull,
    isNotNull,
    { operator: "=", values: [first], matches: (value) => value === first },
    { operator: "<>", values: [first], matches: (value) => value !== null && value !== first },
    { operator: "in", values: [first, second], matches: (value) => value === first || value === second },
  ];
  if (!ordered.includes(kind)) return cases;
  const order = (value: string) => compare(comparableOf(value, column)!, comparableOf(first, column)!);
  return [
    ...cases,
    { operator: "<", values: [first], matches: (value) => value !== null && order(value) < 0 },
    { operator: "<=", values: [first], matches: (value) => value !== null && order(value) <= 0 },
    { operator: ">", values: [first], matches: (value) => value !== null && order(value) > 0 },
    { operator: ">=", values: [first], matches: (value) => value !== null && order(value) >= 0 },
  ];
}
