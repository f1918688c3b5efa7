import { isUtf8 } from "node:buffer";
import { copySlack } from "../copy-block.js";
import { type ColumnDecoder, MalformedValue, type Memory, UnfitValue, type Values } from "./column-decoder.js";
import { newOffsets, reachingOffsets } from "./offsets.js";
import { createValidity } from "./validity.js";

export interface BytesOptions {
  readonly memory: Memory;
  /** Bytes before the value proper: jsonb begins with its version, 1. */
  readonly prefix: 0 | 1;
  /** Whether the text may be invalid UTF-8: the database has no encoding (SQL_ASCII) and the server checked nothing. */
  readonly unchecked: boolean;
}

/** Up to here a loop of 8-byte copies is faster than a call of `set`. */
const shortValue = 192;

/** Decodes text, bytea, json and jsonb into offsets and bytes. */
export function bytesDecoder({ memory, prefix, unchecked }: BytesOptions): ColumnDecoder {
  const validity = createValidity();
  let offsets = new Int32Array(1);
  let data = new Uint8Array(0);
  let view = new DataView(data.buffer);
  let used = 0;
  let lastUsed = 0;

  const reserve = (size: number) => {
    const grown = new Uint8Array(memory(roundedUp(size + copySlack)));
    grown.set(data.subarray(0, used));
    data = grown;
    view = new DataView(grown.buffer);
  };

  return {
    begin(rows) {
      validity.begin(rows);
      offsets = newOffsets(memory, rows);
      used = 0;
      reserve(Math.ceil(lastUsed * 1.05));
    },
    decode(values, from, count, row) {
      offsets = reachingOffsets(memory, offsets, row + count);
      if (used + values.size + copySlack > data.length) {
        const needed = used + totalLength(values, from, count);
        if (needed + copySlack > data.length) reserve(Math.max(needed, data.length * 2));
      }
      const { bytes, view: source, positions } = values;
      // The loop is faster with variables of its own.
      const [target, ends, before] = [view, offsets, used];
      let end = used;
      for (let index = 0; index < count; index++) {
        let at = positions[from + index]!;
        if (at < 0) {
          validity.markNull(row + index);
        } else {
          let length = source.getInt32(at - 4);
          if (prefix === 1) {
            if (bytes[at] !== 1) throw new MalformedValue(`jsonb of version ${bytes[at]}`);
            at++;
            length--;
          }
          if (length > shortValue) data.set(bytes.subarray(at, at + length), end);
          else {
            for (let byte = 0; byte < length; byte += 8) {
              target.setInt32(end + byte, source.getInt32(at + byte, true), true);
              target.setInt32(end + byte + 4, source.getInt32(at + byte + 4, true), true);
            }
          }
          end += length;
        }
        ends[row + index + 1] = end;
      }
      used = end;
      if (unchecked) checkTexts(data.subarray(before, used), offsets.subarray(row, row + count + 1));
    },
    finish(rows) {
      lastUsed = used;
      const vector = { layout: "bytes", offsets, data, validity: validity.finish(rows) } as const;
      offsets = new Int32Array(1);
      data = new Uint8Array(0);
      return vector;
    },
  };
}

/** To few different sizes, so that memory of one batch fits the next. */
function roundedUp(bytes: number): number {
  const step = 2 ** Math.max(6, Math.floor(Math.log2(bytes)) - 3);
  return Math.ceil(bytes / step) * step;
}

function totalLength({ view, positions }: Values, from: number, count: number): number {
  let total = 0;
  for (let index = from; index < from + count; index++) {
    const at = positions[index]!;
    if (at >= 0) total += view.getInt32(at - 4);
  }
  return total;
}

/** @param offsets of the texts that lie one behind the other in `bytes` */
function checkTexts(bytes: Uint8Array, offsets: Int32Array): void {
  const first = offsets[0]!;
  const splitsCharacter = (offset: number) => (bytes[offset - first]! & 0xc0) === 0x80;
  if (isUtf8(bytes) && !offsets.some(splitsCharacter)) return;
  for (let index = 0; index + 1 < offsets.length; index++) {
    if (isUtf8(bytes.subarray(offsets[index]! - first, offsets[index + 1]! - first))) continue;
    throw new UnfitValue(
      "the text is not valid UTF-8, and the database (SQL_ASCII) does not say what encoding it is in",
      index,
      "correct the value, exclude the column, or select convert_from(column::bytea, 'LATIN1') in a query",
    );
  }
}
