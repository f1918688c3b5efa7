import { isUtf8 } from "node:buffer";
import type { Batch, Column, ReadRequest } from "../../../../sdk/index.js";
import type { CsvOptions } from "../../config.js";
import { byteReader } from "../../files/byte-reader.js";
import type { DataFile } from "../../files/source-file.js";
import type { CsvLayout } from "../csv-layout.js";
import { createTextColumn } from "./create-text-column.js";
import { csvScanner } from "./csv-scanner.js";
import { rowBuilder } from "./row-builder.js";

export interface CsvScan {
  /**
   * Batches of the columns wanted, up to the first row that is unusual or the end; returns how many rows it gave, and
   * whether they are all.
   */
  batches(
    file: DataFile,
    request: ReadRequest,
  ): AsyncGenerator<Batch, { readonly rows: number; readonly all: boolean }>;
}

export interface CsvScanOptions {
  readonly layout: CsvLayout;
  readonly options: CsvOptions;
  /** The columns whose values are wanted. */
  readonly wanted: readonly Column[];
}

const chunkBytes = 1 << 20;
const groupValues = 32 * 1024;

/**
 * Reads plain CSV from its bytes, at less than half the cost of DuckDB's reader with every value checked by SQL; undefined for
 * settings it does not know. It is strict: what is not plainly CSV, or plainly of its column's type, it leaves to DuckDB.
 */
export function csvScan({ layout, options, wanted }: CsvScanOptions): CsvScan | undefined {
  const { delimiter, quote, names } = layout;
  const oneByte = (text: string) => Buffer.byteLength(text) === 1;
  const isPlain =
    oneByte(delimiter) &&
    (quote === "" || (oneByte(quote) && layout.escape === quote)) &&
    layout.encoding === undefined &&
    options.skip === 0 &&
    options.comment === undefined;
  const columns = wanted.map((column) => ({
    column: createTextColumn(column)!,
    field: names.indexOf(column.name),
  }));
  if (!isPlain || columns.some(({ column }) => column === undefined)) return undefined;
  const groupRows = Math.max(1, Math.min(1024, Math.floor(groupValues / names.length)));

  return {
    async *batches(file, { batch: limits, signal }) {
      const scanner = csvScanner({
        syntax: layout,
        width: names.length,
        nullStrings: options.null_strings,
        maxRowBytes: options.max_line_bytes,
        groupRows,
      });
      const rows = rowBuilder({ columns, wanted, limits, positions: scanner.positions });
      const reader = await byteReader(file);
      try {
        let memory = Buffer.allocUnsafeSlow(2 * chunkBytes);
        let at = 0;
        let end = 0;
        let checked = 0;
        let header = options.header;
        let begun = false;
        for (;;) {
          signal.throwIfAborted();
          memory.copyWithin(0, at, end);
          checked -= at;
          end -= at;
          at = 0;
          if (end + chunkBytes > memory.length) memory = Buffer.concat([memory.subarray(0, end)], memory.length * 2);
          const read = await reader.read(memory, end, chunkBytes);
          end += read;
          const last = read === 0;
          const sound = soundBytes(memory, checked, end, last);
          if (sound === undefined) break;
          checked = sound;
          if (!begun && memory[0] === 0xef && memory[1] === 0xbb && memory[2] === 0xbf) at = 3;
          begun = true;
          for (;;) {
            const room = { ...rows.room, rows: header ? 1 : Math.min(groupRows, rows.room.rows) };
            const group = scanner.scan({ bytes: memory, at, end: checked, last }, room);
            if (header && group.rows === 1) header = false;
            else if (!rows.take(memory, group.rows, group.at - at)) return yield* ended(false);
            at = group.at;
            const isFull = group.stop === "full" && (rows.room.rows === 0 || group.rows < room.rows);
            if (isFull) yield rows.finish();
            if (group.stop === "unusual") return yield* ended(false);
            if (group.stop === "incomplete") break;
          }
          if (last) return yield* ended(at === end);
        }
        return yield* ended(false);
      } finally {
        await reader.close();
      }

      function* ended(all: boolean) {
        if (rows.rows > 0) yield rows.finish();
        return { rows: rows.total, all };
      }
    },
  };
}

/** The end of the bytes that are UTF-8 without NUL, a character that is cut left for later; undefined where they are not. */
function soundBytes(memory: Buffer, from: number, end: number, last: boolean): number | undefined {
  let whole = end;
  if (!last) while (whole > from && whole > end - 4 && memory[whole - 1]! >= 0x80) whole--;
  const bytes = memory.subarray(from, whole);
  return isUtf8(bytes) && !bytes.includes(0) ? whole : undefined;
}
