import { layoutOf, type Vector } from "../../batch/vector.js";
import type { ColumnType } from "../../schema/column-type.js";
import { copyBits, setBits } from "./bits.js";
import { byteSink } from "./byte-sink.js";
import { type ChunkColumn, listRange } from "./chunk-column.js";
import { readStrings } from "./layout.js";

/** Gathers rows of chunks into one vector of a batch. */
export interface ColumnGatherer {
  append(column: ChunkColumn, from: number, to: number): void;
  finish(): Vector;
}

export interface Room {
  readonly rows: number;
  /** Of strings. */
  readonly bytes: number;
}

/** A gatherer with room for so many rows and bytes; it grows where that is not enough. */
export function columnGatherer(type: ColumnType, room: Room): ColumnGatherer {
  if (type.kind === "list") return listGatherer(type.item, room);
  if (type.kind === "boolean") return bitsGatherer(room.rows);
  const layout = layoutOf(type);
  return layout.layout === "fixed" ? fixedGatherer(type, layout.width, room.rows) : bytesGatherer(room);
}

function fixedGatherer(type: ColumnType, width: 2 | 4 | 8 | 16, capacity: number): ColumnGatherer {
  const nulls = validityGatherer();
  const convert = type.kind === "uuid" ? copyUuids : undefined;
  let data = new Uint8Array(capacity * width);
  let rows = 0;
  return {
    append(column, from, to) {
      if (column.layout !== "fixed") return;
      data = grown(data, (rows + to - from) * width);
      if (convert !== undefined) convert(column.data, from, to, data, rows);
      else if (column.width < width) widen(column.data, column.width, from, to, data, rows);
      else data.set(column.data.subarray(from * width, to * width), rows * width);
      nulls.append(column.validity, from, to, rows);
      rows += to - from;
    },
    finish: () => ({ layout: "fixed", width, data, validity: nulls.finish(rows) }),
  };
}

function bitsGatherer(capacity: number): ColumnGatherer {
  const nulls = validityGatherer();
  let data = new Uint8Array((capacity + 7) >> 3);
  let rows = 0;
  return {
    append(column, from, to) {
      if (column.layout !== "fixed") return;
      data = grown(data, (rows + to - from + 7) >> 3);
      for (let row = from, at = rows; row < to; row++, at++) data[at >> 3]! |= (column.data[row]! & 1) << (at & 7);
      nulls.append(column.validity, from, to, rows);
      rows += to - from;
    },
    finish: () => ({ layout: "bits", data, validity: nulls.finish(rows) }),
  };
}

function bytesGatherer(room: Room): ColumnGatherer {
  const nulls = validityGatherer();
  const sink = byteSink(room.rows, room.bytes);
  return {
    append(column, from, to) {
      if (column.layout !== "bytes") return;
      nulls.append(column.validity, from, to, sink.rows);
      readStrings(column.strings, from, to, sink);
    },
    finish: () => ({ layout: "bytes", offsets: sink.offsets, data: sink.data, validity: nulls.finish(sink.rows) }),
  };
}

function listGatherer(item: ColumnType, room: Room): ColumnGatherer {
  const nulls = validityGatherer();
  const child = columnGatherer(item, room);
  let offsets = new Int32Array(room.rows + 1);
  let rows = 0;
  return {
    append(column, from, to) {
      if (column.layout !== "list") return;
      if (rows + to - from + 1 > offsets.length) {
        const longer = new Int32Array((rows + to - from + 1) * 2);
        longer.set(offsets);
        offsets = longer;
      }
      nulls.append(column.validity, from, to, rows);
      let pending = { start: 0, end: 0 };
      for (let row = from; row < to; row++) {
        const range = listRange(column, row);
        if (range.start === pending.end) pending = { start: pending.start, end: range.end };
        else if (range.end > range.start) {
          child.append(column.child, pending.start, pending.end);
          pending = range;
        }
        offsets[rows + 1] = offsets[rows]! + range.end - range.start;
        rows++;
      }
      child.append(column.child, pending.start, pending.end);
    },
    finish: () => ({ layout: "list", offsets, child: child.finish(), validity: nulls.finish(rows) }),
  };
}

/** Validity bits, made only once there is a null. */
function validityGatherer() {
  let bits: Uint8Array<ArrayBuffer> | undefined;
  return {
    append(validity: Uint8Array | undefined, from: number, to: number, rows: number): void {
      if (validity === undefined && bits === undefined) return;
      if (bits === undefined) {
        bits = new Uint8Array((rows + to - from + 7) >> 3);
        setBits(bits, 0, rows);
      }
      bits = grown(bits, (rows + to - from + 7) >> 3);
      if (validity === undefined) setBits(bits, rows, to - from);
      else copyBits(validity, from, bits, rows, to - from);
    },
    finish: (rows: number) => (bits === undefined ? undefined : bits.subarray(0, (rows + 7) >> 3)),
  };
}

function grown(data: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  if (bytes <= data.length) return data;
  const longer = new Uint8Array(Math.max(bytes, data.length * 2));
  longer.set(data);
  return longer;
}

/** DuckDB holds decimals of up to 9 digits in 2 or 4 bytes; a batch in 8. */
function widen(source: Uint8Array, width: number, from: number, to: number, target: Uint8Array, at: number): void {
  const numbers =
    width === 2
      ? new Int16Array(source.buffer, source.byteOffset + from * 2, to - from)
      : new Int32Array(source.buffer, source.byteOffset + from * 4, to - from);
  const words = new Int32Array(target.buffer, target.byteOffset + at * 8, (to - from) * 2);
  for (let k = 0; k < numbers.length; k++) {
    words[k * 2] = numbers[k]!;
    words[k * 2 + 1] = numbers[k]! >> 31;
  }
}

/** The inverse of what `fill` does to UUIDs. */
function copyUuids(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): void {
  const input = new DataView(source.buffer, source.byteOffset + from * 16, (to - from) * 16);
  const output = new DataView(target.buffer, target.byteOffset + at * 16, (to - from) * 16);
  for (let k = 0; k < input.byteLength; k += 16) {
    output.setInt32(k, input.getInt32(k + 12, true) ^ 0x8000_0000);
    output.setInt32(k + 4, input.getInt32(k + 8, true));
    output.setInt32(k + 8, input.getInt32(k + 4, true));
    output.setInt32(k + 12, input.getInt32(k, true));
  }
}
