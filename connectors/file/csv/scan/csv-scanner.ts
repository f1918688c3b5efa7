import type { CsvSyntax } from "../csv-records.js";

/** Where the fields of a group of rows stand: field `f` of row `r` at `f * stride + r`. */
export interface FieldPositions {
  readonly stride: number;
  /** -1 for NULL. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Why a scanner stopped: the group is full, the text ends before the row does, or DuckDB's reader must look at the row. */
export type ScanStop = "full" | "incomplete" | "unusual";

export interface ScannedGroup {
  readonly rows: number;
  /** Where the first row that is not in the group begins. */
  readonly at: number;
  readonly stop: ScanStop;
}

/** What there is room for; the first row may be larger where `isEmpty`. */
export interface Room {
  readonly rows: number;
  readonly bytes: number;
  readonly isEmpty: boolean;
}

/** Bytes to be scanned, from `at` to `end`; `last`: nothing follows. */
export interface Stretch {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
  readonly last: boolean;
}

export interface CsvScanner {
  readonly positions: FieldPositions;
  /** Finds the rows at the front of a stretch that there is room for. Doubled quotes are undone in place. */
  scan(stretch: Stretch, room: Room): ScannedGroup;
}

export interface CsvScannerOptions {
  /** Delimiter and quote of one byte each; what escapes a quote is a quote. */
  readonly syntax: Pick<CsvSyntax, "delimiter" | "quote">;
  readonly width: number;
  readonly nullStrings: readonly string[];
  readonly maxRowBytes: number;
  readonly groupRows: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const none = -1;

/**
 * Splits rows into fields where every reader of CSV would do the same. Whatever readers differ about is `unusual`: a row
 * with more or fewer fields, an empty line, a quote inside an unquoted value, text behind a closing quote, line ends of
 * two kinds.
 */
export function csvScanner({ syntax, width, nullStrings, maxRowBytes, groupRows }: CsvScannerOptions): CsvScanner {
  const delimiter = syntax.delimiter.charCodeAt(0);
  const quote = syntax.quote === "" ? none : syntax.quote.charCodeAt(0);
  const isOrdinary = new Uint8Array(256).fill(1);
  for (const byte of [delimiter, quote, lineFeed, carriageReturn]) if (byte !== none) isOrdinary[byte] = 0;
  const nulls = nullStrings.map((text) => Buffer.from(text));
  const emptyIsNull = nullStrings.includes("");
  const otherNulls = nulls.some(({ length }) => length > 0);
  const stride = groupRows + 17;
  const starts = new Int32Array(stride * width);
  const ends = new Int32Array(stride * width);
  /** The line ends of the file: with a carriage return or without; undefined before the first. */
  let returns: boolean | undefined;
  /** Whether a quoted field of the row has a doubled quote. */
  let doubled = false;

  function isNull(bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end) return emptyIsNull;
    return otherNulls && nulls.some((text) => text.length === end - start && text.equals(bytes.subarray(start, end)));
  }

  /** Where the quoted field ends that begins behind `start`, on its closing quote; `none` where it does not. */
  function closingQuote(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      if (bytes[at] !== quote) at++;
      else if (at + 1 >= end || bytes[at + 1] !== quote) return at;
      else {
        doubled = true;
        at += 2;
      }
    }
    return none;
  }

  /** Makes every `""` of a row's quoted fields one quote. Only for a row that is not scanned again. */
  function undouble(bytes: Uint8Array, row: number): void {
    for (let slot = row; slot < ends.length; slot += stride) {
      const start = starts[slot]!;
      if (start < 1 || bytes[start - 1] !== quote) continue;
      let to = start;
      for (let at = start; at < ends[slot]!; at++) {
        bytes[to++] = bytes[at]!;
        if (bytes[at] === quote) at++;
      }
      ends[slot] = to;
    }
  }

  return {
    positions: { stride, starts, ends },
    scan({ bytes, at: from, end, last }, room) {
      let rows = 0;
      let begin = from;
      const stopped = (stop: ScanStop): ScannedGroup => ({ rows, at: begin, stop });
      while (rows < room.rows) {
        if (begin >= end) return stopped("incomplete");
        let at = begin;
        let field = 0;
        doubled = false;
        for (;;) {
          const slot = field * stride + rows;
          let first = at;
          let behind: number;
          if (bytes[at] === quote && at < end) {
            const closing = closingQuote(bytes, at + 1, end);
            if (closing === none || (closing + 1 >= end && !last)) {
              return stopped(last || end - begin > maxRowBytes ? "unusual" : "incomplete");
            }
            first = at + 1;
            at = closing + 1;
            behind = closing;
          } else {
            while (at < end && isOrdinary[bytes[at]!] === 1) at++;
            if (at >= end && !last) return stopped(end - begin > maxRowBytes ? "unusual" : "incomplete");
            behind = at;
            if (isNull(bytes, first, behind)) first = none;
          }
          if (field < width) {
            starts[slot] = first;
            ends[slot] = behind;
          }
          field++;
          if (at < end && bytes[at] === delimiter) {
            at++;
            continue;
          }
          const withReturn = at < end && bytes[at] === carriageReturn;
          if (withReturn) at++;
          if (at >= end) {
            if (!last) return stopped("incomplete");
            if (withReturn) return stopped("unusual");
          } else if (bytes[at] !== lineFeed) return stopped("unusual");
          else {
            returns ??= withReturn;
            if (returns !== withReturn) return stopped("unusual");
          }
          break;
        }
        const isEmptyLine = at === begin || (returns === true && at === begin + 1);
        if (field !== width || isEmptyLine || at - begin > maxRowBytes) return stopped("unusual");
        if (at + 1 - from > room.bytes && (rows > 0 || !room.isEmpty)) return stopped("full");
        if (doubled) undouble(bytes, rows);
        begin = Math.min(at + 1, end);
        rows++;
      }
      return stopped("full");
    },
  };
}
