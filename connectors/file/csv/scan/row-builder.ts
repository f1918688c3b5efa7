import { type Batch, type BatchLimits, type Column, layoutOf } from "../../../../sdk/index.js";
import type { FieldPositions, Room } from "./csv-scanner.js";
import type { TextColumn } from "./text-column.js";

export interface RowBuilderOptions {
  /** Each column wanted, with the place of its field in a row; -1 where the file has none, and all is NULL. */
  readonly columns: readonly { readonly column: TextColumn; readonly field: number }[];
  readonly wanted: readonly Column[];
  readonly limits: BatchLimits;
  readonly positions: FieldPositions;
}

/** A batch under construction. */
export interface RowBuilder {
  /** Rows in the batch. */
  readonly rows: number;
  /** Rows in all batches. */
  readonly total: number;
  readonly room: Room;
  /** Takes a group that was scanned, `size` bytes long; false where a value is unusual: the rows before it were taken. */
  take(bytes: Buffer, count: number, size: number): boolean;
  finish(): Batch;
}

export function rowBuilder({ columns, wanted, limits, positions }: RowBuilderOptions): RowBuilder {
  const capacity = Math.max(1, Math.min(limits.rows, Math.floor(limits.bytes / Math.max(1, slotBytes(wanted)))));
  const { stride, ends } = positions;
  const nulls = new Int32Array(stride).fill(-1);
  let rows = 0;
  let total = 0;
  let bytesHeld = 0;

  return {
    get rows() {
      return rows;
    },
    get total() {
      return total;
    },
    get room() {
      return { rows: capacity - rows, bytes: limits.bytes - bytesHeld, isEmpty: rows === 0 };
    },
    take(bytes, count, size) {
      if (count === 0) return true;
      if (rows === 0) for (const { column } of columns) column.begin(capacity);
      let taken = count;
      for (const { column, field } of columns) {
        const [starts, first] = field < 0 ? [nulls, 0] : [positions.starts, field * stride];
        taken = column.take({ bytes, starts, ends, first }, taken, rows);
      }
      rows += taken;
      total += taken;
      bytesHeld += size;
      return taken === count;
    },
    finish() {
      const batch = { rows, columns: wanted, vectors: columns.map(({ column }) => column.finish(rows)) };
      rows = 0;
      bytesHeld = 0;
      return batch;
    },
  };
}

/** What a row takes beside its texts. */
function slotBytes(columns: readonly Column[]): number {
  return columns.reduce((sum, { type }) => {
    const layout = layoutOf(type);
    return sum + (layout.layout === "fixed" ? layout.width : layout.layout === "bits" ? 0.125 : 4);
  }, 0);
}
