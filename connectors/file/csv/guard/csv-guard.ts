import { open } from "node:fs/promises";
import { type Column, DataError } from "../../../../sdk/index.js";
import type { CsvOptions } from "../../config.js";
import type { DataFile } from "../../files/source-file.js";
import { textForm } from "../../guard/value-form.js";
import type { CsvLayout } from "../csv-layout.js";
import { fieldForm } from "./field-form.js";
import { passRows, type RowForm } from "./pass-rows.js";

/** DuckDB's CSV reader takes every value of a file for its column's type as it is written. */
export interface CsvGuard {
  /**
   * Reads the file, or its first bytes, and checks every value of the columns wanted.
   * @throws DataError `type.mismatch` for whatever must be read more carefully
   */
  check(file: DataFile, signal: AbortSignal, part?: "whole" | "head"): Promise<void>;
}

export interface CsvGuardOptions {
  readonly layout: CsvLayout;
  readonly options: CsvOptions;
  /** The columns whose values are wanted. */
  readonly wanted: readonly Column[];
}

const chunkBytes = 1 << 20;
/** A check looks no further than this beyond the place at which it fails. */
const lookAhead = 64;
const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/** Undefined for settings and types that are left to SQL over every text. */
export function csvGuard({ layout, options, wanted }: CsvGuardOptions): CsvGuard | undefined {
  const { delimiter, quote, names } = layout;
  const isPlain =
    /^[,;|\t]$/.test(delimiter) &&
    /^["']?$/.test(quote) &&
    layout.escape === quote &&
    layout.encoding === undefined &&
    options.skip === 0 &&
    options.comment === undefined &&
    options.ragged === "error" &&
    options.null_strings.length === 1 &&
    options.null_strings[0] === "" &&
    names.length > 1;
  if (!isPlain) return undefined;
  const checked = new Map(wanted.map((column) => [column.name, fieldForm(column)]));
  const fields = names.map((name) => (checked.has(name) ? checked.get(name) : textForm));
  if (!fields.every((field) => field !== undefined)) return undefined;
  const marks = { delimiter: delimiter.charCodeAt(0), quote: quote === "" ? -1 : quote.charCodeAt(0) };
  const isOrdinary = new Uint8Array(256).fill(1);
  for (const byte of [0, lineFeed, carriageReturn, marks.delimiter, marks.quote]) if (byte >= 0) isOrdinary[byte] = 0;
  const form = { ...marks, fields, isOrdinary };

  return {
    async check(file, signal, part = "whole") {
      const handle = await open(file.path, "r");
      try {
        let memory = Buffer.alloc(2 * chunkBytes + lookAhead);
        let end = 0;
        let line = 1;
        let rows: RowForm | undefined;
        for (;;) {
          signal.throwIfAborted();
          if (end + chunkBytes + lookAhead > memory.length) {
            if (end > options.max_line_bytes) throw refused(file, line);
            memory = Buffer.concat([memory.subarray(0, end)], memory.length * 2);
          }
          const { bytesRead } = await handle.read(memory, end, chunkBytes);
          end += bytesRead;
          const last = bytesRead === 0;
          if (last && end > 0) end = withLineEnd(memory, end, rows?.returns ?? false);
          memory.fill(0, end, end + lookAhead);
          let at = 0;
          if (rows === undefined) {
            at = memory[0] === 0xef && memory[1] === 0xbb && memory[2] === 0xbf ? 3 : 0;
            rows = { ...form, returns: memory[memory.indexOf(lineFeed) - 1] === carriageReturn };
            if (options.header) {
              const header = passRows(memory, at, end, 1, { ...rows, fields: names.map(() => textForm) });
              if (header.rows !== 1) throw refused(file, line);
              at = header.at;
              line++;
            }
          }
          const passed = passRows(memory, at, end, Number.POSITIVE_INFINITY, rows);
          line += passed.rows;
          const { failed } = passed;
          if (failed !== undefined && (last || failed.at + lookAhead < end))
            throw refused(file, line, names[failed.field]);
          if (last || part === "head") return;
          memory.copyWithin(0, passed.at, end);
          end -= passed.at;
        }
      } finally {
        await handle.close();
      }
    },
  };
}

/** Gives the last line the one end it may lack; empty lines behind it are no rows to anybody. */
function withLineEnd(memory: Buffer, end: number, returns: boolean): number {
  let behind = end;
  while (behind > 0 && (memory[behind - 1] === lineFeed || memory[behind - 1] === carriageReturn)) behind--;
  if (behind === 0) return 0;
  if (returns) memory[behind++] = carriageReturn;
  memory[behind++] = lineFeed;
  return behind;
}

function refused(file: DataFile, row: number, column?: string): DataError {
  const place = column === undefined ? "" : `, column '${column}',`;
  return new DataError(
    "type.mismatch",
    `${file.name}: row ${row}${place} is not plainly what the first rows are like`,
    {
      row: String(row),
      ...(column === undefined ? {} : { column }),
      hint: "look at every value before the types are chosen",
    },
  );
}
