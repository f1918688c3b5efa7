import type { BatchLimits } from "../../batch/batch.js";
import { type SpareMemory, unzeroedMemory } from "../../batch/memory.js";
import { SystemError } from "../../errors.js";
import type { EncodedRows } from "../../messages.js";
import type { Column } from "../../schema/stream.js";
import type { CopyBlock, CopyReader } from "./copy-block.js";
import { signatureBytes } from "./copy-signature.js";

export interface RowCollectorOptions {
  /** What `rowEncoding` says of the columns. */
  readonly encoding: string;
  readonly columns: readonly Column[];
  readonly limits: BatchLimits;
  readonly spareMemory?: SpareMemory | undefined;
  /** The stream as `namespace.name`, for messages. */
  readonly stream: string;
}

const head = 5;
const copyData = 0x64;
/** More would leave the processor's cache before the other thread takes it. */
const usualBytes = 1024 * 1024;

/**
 * Collects the rows of a COPY as they came, counting them and looking at nothing but each row's length and its number of
 * fields. `rows` of what it gives are whole CopyData messages, one a row.
 */
export function rowCollector({
  encoding,
  columns,
  limits,
  stream,
  spareMemory,
}: RowCollectorOptions): CopyReader<EncodedRows> {
  const mostBytes = Math.min(limits.bytes, usualBytes);
  let data: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  let used = 0;
  let rows = 0;
  let total = 0;
  let begun = false;

  function take(): EncodedRows {
    const taken = { encoding, columns, rows, data: data.subarray(0, used) };
    data = new Uint8Array(0);
    used = 0;
    rows = 0;
    return taken;
  }

  function append(bytes: Uint8Array): void {
    if (data.length === 0) data = memoryOf(Math.max(mostBytes, bytes.length));
    data.set(bytes, used);
    used += bytes.length;
  }

  function memoryOf(size: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(spareMemory?.(size) ?? unzeroedMemory(size));
  }

  /** The end of the whole rows from `from` on that there is room for; counts them. */
  function run({ view, end }: CopyBlock, from: number): number {
    let at = from;
    while (at < end && rows < limits.rows) {
      const next = at + 1 + view.getInt32(at + 1);
      if (used + next - from > mostBytes && rows > 0) return at;
      const fields = view.getInt16(at + head);
      if (fields !== columns.length) {
        if (fields !== -1 || next - at !== head + 2) throw malformed(fields);
        return at;
      }
      rows++;
      total++;
      at = next;
    }
    return at;
  }

  /** The first row lies behind the signature in one message: gives it one of its own. */
  function begin(block: CopyBlock): number {
    begun = true;
    const { bytes, view, start } = block;
    const skipped = signatureBytes(block);
    const next = start + 1 + view.getInt32(start + 1);
    const row = start + skipped;
    if (row + head === next) return next;
    bytes[row] = copyData;
    view.setInt32(row + 1, next - row - 1);
    return row;
  }

  return {
    get rows() {
      return total;
    },
    *read(block) {
      let at = begun ? block.start : begin(block);
      while (at < block.end) {
        const next = run(block, at);
        if (next > at) append(block.bytes.subarray(at, next));
        const isTrailer = next < block.end && block.view.getInt16(next + head) === -1;
        at = isTrailer ? next + head + 2 : next;
        if (at < block.end) yield take();
      }
    },
    finish() {
      return rows === 0 ? undefined : take();
    },
  };

  function malformed(fields: number): SystemError {
    const what = `row ${total + 1} has ${fields} values where ${columns.length} were selected`;
    return new SystemError("postgres.malformed_row", `${stream}: ${what}`, { stream });
  }
}
