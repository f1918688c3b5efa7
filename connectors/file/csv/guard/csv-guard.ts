import { open } from "node:fs/promises";
import { type Column, DataError } from "../../../../sdk/index.js";
import type { CsvOptions } from "../../config.js";
import type { DataFile } from "../../files/source-file.js";
import { marginBytes, plainMemory, sharedMemory } from "../../guard/guard-memory.js";
import { textForm } from "../../guard/value-form.js";
import type { CsvLayout } from "../csv-layout.js";
import { fieldForm } from "./field-form.js";
import { passRows } from "./pass-rows.js";
import { rowForm } from "./row-form.js";
import { type RowsCheck, rowsCheck } from "./rows-check.js";

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
/** Smaller files have too few rows for a form to be compiled. */
const leastShared = 4 * 1024 * 1024;
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
  const texts = names.map(() => textForm);

  return {
    async check(file, signal, part = "whole") {
      const handle = await open(file.path, "r");
      try {
        const isMany = part === "whole" && file.size >= leastShared;
        const memory = (isMany ? sharedMemory : plainMemory)(2 * chunkBytes);
        let end = 0;
        let line = 1;
        let rows: RowsCheck | undefined;
        for (;;) {
          signal.throwIfAborted();
          if (end > options.max_line_bytes) throw refused(file, line);
          memory.makeRoom(end + chunkBytes);
          const { bytes } = memory;
          const { bytesRead } = await handle.read(bytes, end, chunkBytes);
          end += bytesRead;
          const last = bytesRead === 0;
          if (last && end > 0) end = withLineEnd(bytes, end, rows?.returns ?? false);
          bytes.fill(0, end, end + marginBytes);
          let at = 0;
          if (rows === undefined) {
            at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
            const returns = bytes[bytes.indexOf(lineFeed) - 1] === carriageReturn;
            rows = rowsCheck(rowForm(fields, { ...marks, returns }), memory);
            if (options.header) {
              const header = passRows(bytes, at, end, 1, rowForm(texts, { ...marks, returns }));
              if (header.rows !== 1) throw refused(file, line);
              at = header.at;
              line++;
            }
          }
          const passed = rows.pass(at, end);
          line += passed.rows;
          const { failed } = passed;
          if (failed !== undefined && (last || failed.at + marginBytes < end))
            throw refused(file, line, names[failed.field]);
          if (last || part === "head") return;
          bytes.copyWithin(0, passed.at, end);
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
