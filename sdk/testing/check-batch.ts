import type { Batch } from "../batch/batch.js";
import { isNull, layoutOf, type Vector } from "../batch/vector.js";
import { type ColumnType, formatType } from "../schema/column-type.js";
import type { Column } from "../schema/stream.js";

/**
 * Checks that a batch is what it says: one vector a column, in the layout of its type, with buffers that hold its rows,
 * ascending offsets within the data, UTF-8 where there is text, no null where none is allowed.
 * @throws Error naming the column and what is wrong with it
 */
export function checkBatch(batch: Batch, announced: readonly Column[] = batch.columns): void {
  const { rows, columns, vectors, ops } = batch;
  if (!Number.isInteger(rows) || rows < 0) throw new Error(`a batch cannot have ${rows} rows`);
  const found = columns.map(describe).join(", ");
  const wanted = announced.map(describe).join(", ");
  if (found !== wanted) throw new Error(`the batch has the columns ${found}; announced were ${wanted}`);
  if (vectors.length !== columns.length) throw new Error(`${columns.length} columns, but ${vectors.length} vectors`);
  if (ops !== undefined && ops.length < rows) throw new Error(`ops has ${ops.length} entries for ${rows} rows`);
  columns.forEach((column, i) => {
    const vector = vectors[i]!;
    const problem = problemOf(vector, column.type, rows) ?? forbiddenNull(vector, column, rows);
    if (problem !== undefined) throw new Error(`column '${column.name}' (${formatType(column.type)}): ${problem}`);
  });
}

function describe({ name, type }: Column): string {
  return `${name} ${formatType(type)}`;
}

function forbiddenNull(vector: Vector, column: Column, rows: number): string | undefined {
  if (column.nullable) return undefined;
  for (let row = 0; row < rows; row++) if (isNull(vector, row)) return `row ${row} is null, though none may be`;
  return undefined;
}

function problemOf(vector: Vector, type: ColumnType, rows: number): string | undefined {
  const expected = layoutOf(type);
  if (vector.layout !== expected.layout) return `its layout is ${vector.layout}, not ${expected.layout}`;
  const bitmapBytes = (rows + 7) >> 3;
  if (vector.validity !== undefined && vector.validity.length < bitmapBytes) {
    return `its validity has ${vector.validity.length} bytes, ${bitmapBytes} are needed`;
  }
  switch (vector.layout) {
    case "bits":
      return vector.data.length < bitmapBytes ? `its data has ${vector.data.length} bytes for ${rows} rows` : undefined;
    case "fixed": {
      if (expected.layout === "fixed" && vector.width !== expected.width) return `its width is ${vector.width}`;
      if (vector.data.byteOffset % 8 !== 0) return `its data starts at byte ${vector.data.byteOffset} of its buffer`;
      const needed = rows * vector.width;
      return vector.data.length < needed ? `its data has ${vector.data.length} bytes, ${needed} are needed` : undefined;
    }
    case "bytes":
      return (
        offsetsProblem(vector.offsets, rows, vector.data.length) ??
        (type.kind === "binary" ? undefined : textProblem(vector, rows))
      );
    case "list": {
      const problem = offsetsProblem(vector.offsets, rows, Number.POSITIVE_INFINITY);
      if (problem !== undefined || type.kind !== "list") return problem;
      const inner = problemOf(vector.child, type.item, vector.offsets[rows]!);
      return inner === undefined ? undefined : `items: ${inner}`;
    }
  }
}

function offsetsProblem(offsets: Int32Array, rows: number, end: number): string | undefined {
  if (offsets.length < rows + 1) return `it has ${offsets.length} offsets for ${rows} rows`;
  if (offsets[0]! < 0) return `its first offset is ${offsets[0]}`;
  for (let row = 0; row < rows; row++) {
    if (offsets[row + 1]! < offsets[row]!) return `its offsets descend at row ${row}`;
  }
  return offsets[rows]! > end ? `its offsets end at ${offsets[rows]}, its data at ${end}` : undefined;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function textProblem(vector: Extract<Vector, { layout: "bytes" }>, rows: number): string | undefined {
  for (let row = 0; row < rows; row++) {
    if (isNull(vector, row)) continue;
    try {
      utf8.decode(vector.data.subarray(vector.offsets[row], vector.offsets[row + 1]));
    } catch {
      return `row ${row} is not UTF-8`;
    }
  }
  return undefined;
}
