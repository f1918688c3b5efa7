import type { UnpackedValue } from "../../sdk/batch/unpack.js";
import { type ColumnType, parseType, scalarKinds } from "../../sdk/schema/column-type.js";
import { edgeValues } from "../../sdk/testing/index.js";
import type { SourceTable } from "./value-sources.js";

/** Every scalar type, and decimals and lists that systems keep in different ways. */
export const edgeTypes = [
  ...scalarKinds,
  ...["decimal(18,4)", "decimal(38,10)", "list<int64>", "list<string>", "list<float64>"],
].map(parseType);

/** More than any type has edges, but for text: its last ones are much like others. */
const rows = 14;

/**
 * The table `edges`: `id` from 0, and a column for each type with a null and the values at its limits, one under the other.
 * @param shown what is put in place of a value
 */
export function edgeTable(
  types: readonly ColumnType[] = edgeTypes,
  shown: (value: UnpackedValue) => UnpackedValue = (value) => value,
): SourceTable {
  const columns = [
    { name: "id", type: parseType("int64"), nullable: true },
    ...types.map((type, i) => ({ name: `c${i}_${type.kind}`, type, nullable: true })),
  ];
  const values = types.map((type) => [null, ...edgeValues(type)].map(shown));
  const rowAt = (at: number) =>
    Object.fromEntries(columns.map(({ name }, i) => [name, i === 0 ? BigInt(at) : (values[i - 1]![at] ?? null)]));
  return { name: "edges", columns, rows: Array.from({ length: rows }, (_, at) => rowAt(at)) };
}
