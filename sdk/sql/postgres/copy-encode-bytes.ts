import { type FieldEncoder, isNullAt, noBytes, RefusedValue, type RowRange, writeNull } from "./copy-encode-field.js";

/** Up to this many bytes a copy word by word beats a call of `set`. */
const shortBytes = 40;
const noOffsets: Int32Array = new Int32Array(1);
const noView: DataView = new DataView(new ArrayBuffer(0));

export interface BytesFieldOptions {
  /** Text, which cannot hold a NUL in Postgres. */
  readonly text: boolean;
  /** jsonb: a version byte stands before the text (jsonb_recv in src/backend/utils/adt/jsonb.c). */
  readonly jsonb: boolean;
}

/** string, json and binary. */
export function bytesField({ text, jsonb }: BytesFieldOptions): FieldEncoder {
  const prefix = jsonb ? 1 : 0;
  let offsets = noOffsets;
  let data = noBytes;
  let source = noView;
  let validity: Uint8Array | undefined;
  return {
    measure(vector, range, sizes) {
      if (vector.layout !== "bytes") throw new TypeError(`a ${vector.layout} vector has no bytes`);
      ({ offsets, data, validity } = vector);
      source = new DataView(data.buffer, data.byteOffset, data.byteLength);
      for (let row = range.from; row < range.to; row++) {
        sizes[row]! += isNullAt(validity, row) ? 4 : 4 + prefix + offsets[row + 1]! - offsets[row]!;
      }
      if (text) refuseNul({ offsets, data, validity }, range);
    },
    write({ from, to }, { bytes, view }, positions) {
      for (let row = from; row < to; row++) {
        let at = positions[row]!;
        if (isNullAt(validity, row)) {
          positions[row] = writeNull(view, at);
          continue;
        }
        const start = offsets[row]!;
        const length = offsets[row + 1]! - start;
        view.setInt32(at, prefix + length);
        at += 4;
        if (jsonb) bytes[at++] = 1;
        if (length > shortBytes) {
          bytes.set(data.subarray(start, start + length), at);
        } else if (length >= 4) {
          for (let i = 0; i < length - 4; i += 4) view.setInt32(at + i, source.getInt32(start + i, true), true);
          view.setInt32(at + length - 4, source.getInt32(start + length - 4, true), true);
        } else {
          for (let i = 0; i < length; i++) bytes[at + i] = data[start + i]!;
        }
        positions[row] = at + length;
      }
    },
  };
}

function refuseNul(
  { offsets, data, validity }: { offsets: Int32Array; data: Uint8Array; validity: Uint8Array | undefined },
  { from, to }: RowRange,
): void {
  const end = offsets[to]!;
  // A Buffer searches with memchr.
  const text = Buffer.from(data.buffer, data.byteOffset, end);
  let row = from;
  for (let at = text.indexOf(0, offsets[from]!); at !== -1; at = text.indexOf(0, at)) {
    while (offsets[row + 1]! <= at) row++;
    if (!isNullAt(validity, row)) {
      throw new RefusedValue(
        "value.nul_in_text",
        row,
        "the text contains a NUL character (U+0000), which Postgres cannot hold",
        "remove it at the source, or cast the column to binary",
      );
    }
    at = offsets[row + 1]!;
  }
}
