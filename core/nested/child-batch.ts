import type { Batch } from "../../sdk/batch/batch.js";
import { takeRows } from "../../sdk/batch/take-rows.js";
import type { FixedVector, Vector } from "../../sdk/batch/vector.js";
import { parentRowColumn } from "../../sdk/child-table.js";
import { scalar } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { ChildRows } from "./child-rows.js";
import type { ChildTable } from "./child-tables.js";

/** The columns of a child table: the key of the row it belongs to, the places in lists, and the elements' own. */
export function childColumns(
  { parentKey, positions }: ChildTable,
  key: readonly Column[],
  elements: readonly Column[],
): Column[] {
  return [
    ...parentKey.map((name, i): Column => ({ name, type: key[i]!.type, nullable: false })),
    ...positions.map((name): Column => ({ name, type: scalar("int64"), nullable: false })),
    ...elements,
  ];
}

/** The rows of a child table with the columns that `childColumns` says, given the key of their parents. */
export function childBatch(rows: ChildRows, columns: readonly Column[], key: readonly Vector[]): Batch {
  return {
    rows: rows.parents.length,
    columns,
    vectors: [
      ...key.map((vector) => takeRows(vector, rows.parents)),
      ...rows.positions.map((places) => int64Vector(places, 0)),
      ...rows.vectors,
    ],
  };
}

/** Of a batch, as its table has it, the columns of the key. */
export function keyVectors({ columns, vectors }: Batch, primaryKey: readonly string[]): Vector[] {
  return primaryKey.map((name) => vectors[columns.findIndex((column) => column.name === name)]!);
}

/** The batch with the column, as its last, that says which of the load's rows each belongs to. */
export function withParentRows(batch: Batch, parents: Int32Array, first: number): Batch {
  const column: Column = { name: parentRowColumn, type: scalar("int64"), nullable: false };
  const vector = int64Vector(parents, first);
  return { ...batch, columns: [...batch.columns, column], vectors: [...batch.vectors, vector] };
}

function int64Vector(values: Int32Array, added: number): FixedVector {
  const data = new BigInt64Array(values.length);
  for (const [at, value] of values.entries()) data[at] = BigInt(value + added);
  return { layout: "fixed", width: 8, data: new Uint8Array(data.buffer), validity: undefined };
}
