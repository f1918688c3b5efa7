import { SystemError } from "../../errors.js";
import type { EncodedRows } from "../../messages.js";
import { copyDataCode, frameBytes, messageHead } from "./copy-encode.js";
import type { CopyFrame } from "./copy-encode-field.js";

export interface RowSplicerOptions {
  readonly stream: string;
  /** What stands in a last int8 column of every row: `_sluice_load_id`. */
  readonly loadId: number;
}

/** Up to this many bytes a copy word by word beats a call of `set`. */
const shortBytes = 128;
/** An int8 with its length word. */
const loadIdBytes = 12;

/**
 * Brings encoded rows into CopyData messages for `COPY … FROM STDIN (FORMAT binary)`, each a whole number of rows and about
 * `frameBytes` long, with the load id as a last field.
 */
export function rowSplicer({ stream, loadId }: RowSplicerOptions) {
  const high = Math.floor(loadId / 2 ** 32);
  const low = loadId | 0;

  /** @throws SystemError `encoded.malformed` unless the data is exactly as many rows as it says */
  return function* splice({ data, rows }: EncodedRows, frame: (bytes: number) => CopyFrame): Generator<Uint8Array> {
    const source = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let counted = 0;
    for (let at = 0; at < data.length; ) {
      const { to, length, count } = rowsThatFit(source, at);
      counted += count;
      const target = frame(length);
      target.bytes[0] = copyDataCode;
      target.view.setInt32(1, length - 1);
      writeRows(at, to, target);
      yield target.bytes.subarray(0, length);
      at = to;
    }
    if (counted === rows) return;
    throw new SystemError("encoded.malformed", `${stream}: ${counted} rows came where ${rows} were counted`, {
      stream,
    });

    function writeRows(from: number, to: number, { bytes, view }: CopyFrame): void {
      let out = messageHead;
      for (let at = from; at < to; ) {
        const next = at + 1 + source.getInt32(at + 1);
        const row = at + messageHead;
        const size = next - row;
        if (size > shortBytes || size < 4) {
          bytes.set(data.subarray(row, next), out);
        } else {
          for (let i = 0; i < size - 4; i += 4) view.setInt32(out + i, source.getInt32(row + i, true), true);
          view.setInt32(out + size - 4, source.getInt32(next - 4, true), true);
        }
        view.setInt16(out, source.getInt16(row) + 1);
        out += size;
        view.setInt32(out, 8);
        view.setInt32(out + 4, high);
        view.setInt32(out + 8, low);
        out += loadIdBytes;
        at = next;
      }
    }
  };

  function rowsThatFit(source: DataView, from: number): { to: number; length: number; count: number } {
    let to = from;
    let length = messageHead;
    let count = 0;
    while (to < source.byteLength) {
      const size = source.getInt32(to + 1) - 4 + loadIdBytes;
      if (count > 0 && length + size > frameBytes) break;
      length += size;
      to += messageHead + size - loadIdBytes;
      count++;
    }
    if (to > source.byteLength) throw new SystemError("encoded.malformed", `${stream}: a row ends beyond its data`);
    return { to, length, count };
  }
}
