import type { Batch } from "../../sdk/batch/batch.js";
import { dateInfinity, isNull, timestampInfinity, type Vector } from "../../sdk/batch/vector.js";
import type { Cursor } from "./cursor.js";

/** Watches the cursor's values pass by. */
export interface CursorTracker {
  /** Takes note of the batch's column `index`. */
  note(batch: Batch, index: number): void;
  /** The greatest finite value: days, microseconds or units; undefined before the first, and where `tracks` is false. */
  readonly greatest: bigint | undefined;
  readonly nulls: number;
  /** Whether the type's order is that of its numbers; otherwise the server must be asked. */
  readonly tracks: boolean;
}

/** @param start the greatest value of an earlier part of the same read */
export function trackCursor({ column }: Cursor, start: bigint | undefined): CursorTracker {
  const find = finders[column.type.kind];
  let greatest = start;
  let nulls = 0;
  return {
    note({ rows, vectors }, index) {
      const vector = vectors[index]!;
      if (vector.validity !== undefined) for (let row = 0; row < rows; row++) if (isNull(vector, row)) nulls++;
      const found = find?.(vector, rows);
      if (found !== undefined && (greatest === undefined || found > greatest)) greatest = found;
    },
    get greatest() {
      return greatest;
    },
    get nulls() {
      return nulls;
    },
    tracks: find !== undefined,
  };
}

type Finder = (vector: Vector, rows: number) => bigint | undefined;

const finders: Readonly<Record<string, Finder | undefined>> = {
  int16: (vector, rows) => (vector.layout === "fixed" ? narrow(vector, rows, Int16Array, undefined) : undefined),
  int32: (vector, rows) => (vector.layout === "fixed" ? narrow(vector, rows, Int32Array, undefined) : undefined),
  date: (vector, rows) => (vector.layout === "fixed" ? narrow(vector, rows, Int32Array, dateInfinity) : undefined),
  int64: (vector, rows) => wide(vector, rows, undefined),
  timestamp: (vector, rows) => wide(vector, rows, timestampInfinity),
  datetime: (vector, rows) => wide(vector, rows, timestampInfinity),
};

function narrow(
  vector: Vector & { readonly layout: "fixed" },
  rows: number,
  View: typeof Int16Array | typeof Int32Array,
  infinity: number | undefined,
): bigint | undefined {
  const values = new View(vector.data.buffer as ArrayBuffer, vector.data.byteOffset, rows);
  let greatest = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (value <= greatest || isNull(vector, row)) continue;
    if (value !== infinity && (infinity === undefined || value !== -infinity)) greatest = value;
  }
  return Number.isFinite(greatest) ? BigInt(greatest) : undefined;
}

/** Compares the high words, and the low ones among equals. */
function wide(vector: Vector, rows: number, infinity: bigint | undefined): bigint | undefined {
  if (vector.layout !== "fixed") return undefined;
  const { buffer, byteOffset } = vector.data;
  const highs = new Int32Array(buffer, byteOffset, rows * 2);
  const lows = new Uint32Array(buffer, byteOffset, rows * 2);
  let best = -1;
  for (let row = 0; row < rows; row++) {
    const high = highs[row * 2 + 1]!;
    const low = lows[row * 2]!;
    const bestHigh = best < 0 ? Number.NEGATIVE_INFINITY : highs[best * 2 + 1]!;
    if (high < bestHigh || (high === bestHigh && low <= lows[best * 2]!) || isNull(vector, row)) continue;
    if (infinity !== undefined && (high === 0x7fff_ffff || high === -0x8000_0000)) {
      const value = join(high, low);
      if (value === infinity || value === -infinity) continue;
    }
    best = row;
  }
  return best < 0 ? undefined : join(highs[best * 2 + 1]!, lows[best * 2]!);
}

function join(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
