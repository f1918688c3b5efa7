import { unzeroedMemory } from "../../../../sdk/batch/memory.js";
import type { FixedVector, Vector } from "../../../../sdk/index.js";
import type { FieldPositions } from "./csv-scanner.js";

/** The texts of one column in a group of rows: `starts[first + i]` to `ends[first + i]` of `bytes`, a start of -1 for NULL. */
export interface Texts extends Pick<FieldPositions, "starts" | "ends"> {
  readonly bytes: Buffer;
  readonly first: number;
}

/** A column under construction that takes the texts of a group at once: no call and no JS value is spent on a cell. */
export interface TextColumn {
  /** Begins a vector for at most `rows` rows. */
  begin(rows: number): void;
  /** Takes `count` texts into rows from `row` on; returns how many it took before one that is not plainly of its type. */
  take(texts: Texts, count: number, row: number): number;
  /** The vector of rows [0, rows), whatever was taken beyond them. */
  finish(rows: number): Vector;
}

export interface FixedTarget {
  /** Two to an int64, the low one first. */
  readonly words: Int32Array;
  readonly view: DataView;
  markNull(row: number): void;
}

/** See `TextColumn.take`. */
export type FixedLoop = (target: FixedTarget, texts: Texts, count: number, row: number) => number;

export function fixedColumn(width: FixedVector["width"], loop: FixedLoop): TextColumn {
  const validity = validityBits();
  let words: Int32Array<ArrayBuffer> = new Int32Array(0);
  let target: FixedTarget = { words, view: new DataView(words.buffer), markNull: validity.markNull };
  return {
    begin(rows) {
      words = new Int32Array(unzeroedMemory(Math.ceil((rows * width) / 8) * 8));
      target = { words, view: new DataView(words.buffer), markNull: validity.markNull };
      validity.begin(rows);
    },
    take: (texts, count, row) => loop(target, texts, count, row),
    finish: (rows) => ({
      layout: "fixed",
      width,
      data: new Uint8Array(words.buffer),
      validity: validity.finish(rows),
    }),
  };
}

/** `true` and `false`, in lower case, in capitals or with a capital. */
export function booleanColumn(): TextColumn {
  const validity = validityBits();
  let data = new Uint8Array(0);
  return {
    begin(rows) {
      data = new Uint8Array((rows + 7) >> 3);
      validity.begin(rows);
    },
    take({ bytes, starts, ends, first }, count, row) {
      for (let i = 0; i < count; i++) {
        const start = starts[first + i]!;
        if (start < 0) {
          validity.markNull(row + i);
          continue;
        }
        const value = booleans.get(bytes.toString("latin1", start, ends[first + i]));
        if (value === undefined) return i;
        if (value) data[(row + i) >> 3]! |= 1 << ((row + i) & 7);
      }
      return count;
    },
    finish: (rows) => ({ layout: "bits", data, validity: validity.finish(rows) }),
  };
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["False", false],
  ["FALSE", false],
]);

/** Up to here a loop is faster than a call of `set`. */
const shortBytes = 48;

/** Texts as they are. */
export function stringColumn(): TextColumn {
  const validity = validityBits();
  let offsets = new Int32Array(1);
  let data = new Uint8Array(0);
  let used = 0;
  let usual = 0;
  return {
    begin(rows) {
      offsets = new Int32Array(unzeroedMemory(4 * (rows + 1)));
      offsets[0] = 0;
      data = new Uint8Array(unzeroedMemory(usual));
      used = 0;
      validity.begin(rows);
    },
    take({ bytes, starts, ends, first }, count, row) {
      let added = 0;
      for (let slot = first; slot < first + count; slot++) if (starts[slot]! >= 0) added += ends[slot]! - starts[slot]!;
      if (used + added > data.length) {
        const larger = new Uint8Array(unzeroedMemory(Math.max(used + added, data.length * 2)));
        larger.set(data.subarray(0, used));
        data = larger;
      }
      for (let i = 0; i < count; i++) {
        const start = starts[first + i]!;
        const end = ends[first + i]!;
        if (start < 0) validity.markNull(row + i);
        else if (end - start > shortBytes) {
          data.set(bytes.subarray(start, end), used);
          used += end - start;
        } else for (let at = start; at < end; at++) data[used++] = bytes[at]!;
        offsets[row + i + 1] = used;
      }
      return count;
    },
    finish(rows) {
      usual = Math.ceil(used * 1.05);
      return { layout: "bytes", offsets, data, validity: validity.finish(rows) };
    },
  };
}

/** A column that showed nothing but NULL. */
export function nullColumn(): TextColumn {
  const strings = stringColumn();
  return {
    ...strings,
    take(texts, count, row) {
      let nulls = 0;
      while (nulls < count && texts.starts[texts.first + nulls]! < 0) nulls++;
      return strings.take(texts, nulls, row);
    },
  };
}

/** A bitmap that is made when the first null comes. */
function validityBits() {
  let bits: Uint8Array | undefined;
  let capacity = 0;
  return {
    begin(rows: number) {
      bits = undefined;
      capacity = rows;
    },
    markNull(row: number) {
      bits ??= new Uint8Array((capacity + 7) >> 3).fill(0xff);
      bits[row >> 3]! &= ~(1 << (row & 7));
    },
    finish: (_rows: number): Uint8Array | undefined => bits,
  };
}
