import { endOfDecimal, endOfInteger } from "../../guard/plain-number.js";
import { endOfFloat } from "../../guard/printed-float.js";
import { type ValueForm, valueKind } from "../../guard/value-form.js";
import { isUsualDate } from "../../text/usual-date.js";

/** How the rows of a file are written. Bytes that are none of its marks are ordinary: 1 in `isOrdinary`, which has a NUL as 0. */
export interface RowForm {
  readonly fields: readonly ValueForm[];
  readonly delimiter: number;
  /** -1 for none. */
  readonly quote: number;
  /** Whether lines end with a carriage return too. */
  readonly returns: boolean;
  readonly isOrdinary: Uint8Array;
}

export interface PassedRows {
  readonly rows: number;
  /** Behind the last row that passed. */
  readonly at: number;
  /** Where the next one did not, if it did not, and in which field. */
  readonly failed: { readonly at: number; readonly field: number } | undefined;
}

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/**
 * Passes the rows from `from` to `end` whose values DuckDB's CSV reader takes as they are written, for their types, and of
 * which every reader of CSV would make the same fields; at most `most`. One loop, whose calls the compiler takes in. Behind
 * `end` there are NULs, so that no value reaches over it unseen.
 */
export function passRows(bytes: Buffer, from: number, end: number, most: number, form: RowForm): PassedRows {
  const { fields, delimiter, quote, returns, isOrdinary } = form;
  const kinds = Uint8Array.from(fields, ({ kind }) => kind);
  const wholes = Uint8Array.from(fields, ({ wholeDigits }) => wholeDigits);
  const scales = Uint8Array.from(fields, ({ scale }) => scale);
  const width = kinds.length;
  const lineEnd = returns ? carriageReturn : lineFeed;
  let row = from;
  let rows = 0;
  for (; row < end && rows < most; rows++) {
    let at = row;
    for (let field = 0; field < width; field++) {
      const stop = field === width - 1 ? lineEnd : delimiter;
      if (bytes[at] !== stop) {
        const quoted = bytes[at] === quote;
        if (quoted) at++;
        const first = at;
        let behind = -1;
        switch (kinds[field]) {
          case valueKind.text:
            if (!quoted) while (isOrdinary[bytes[at]!] === 1) at++;
            else {
              for (;;) {
                while (at < end && bytes[at] !== quote) at++;
                if (at >= end || bytes[at + 1] !== quote) break;
                at += 2;
              }
            }
            behind = at;
            break;
          case valueKind.integer:
            behind = endOfInteger(bytes, at);
            break;
          case valueKind.decimal: {
            const whole = wholes[field]!;
            behind = endOfDecimal(bytes, at, whole, whole, scales[field]!);
            break;
          }
          case valueKind.float:
            behind = endOfFloat(bytes, at);
            if (behind >= 0 && bytes[behind] === (quoted ? quote : stop)) break;
            at = endOfValue(bytes, first, end, quoted ? quote : stop);
            behind = fields[field]!.check(bytes, first, at) ? at : -1;
            break;
          case valueKind.date:
            if (isUsualDate(bytes, at)) behind = at + 10;
            break;
          default:
            at = endOfValue(bytes, first, end, quoted ? quote : stop);
            if (fields[field]!.check(bytes, first, at)) behind = at;
        }
        if (behind < 0) return { rows, at: row, failed: { at, field } };
        at = behind;
        if (quoted && bytes[at++] !== quote) return { rows, at: row, failed: { at, field } };
        if (bytes[at] !== stop) return { rows, at: row, failed: { at, field } };
      }
      at++;
    }
    if (returns && bytes[at++] !== lineFeed) return { rows, at: row, failed: { at, field: width - 1 } };
    row = at;
  }
  return { rows, at: row, failed: undefined };
}

function endOfValue(bytes: Buffer, start: number, end: number, stop: number): number {
  let at = start;
  while (at < end && bytes[at] !== stop) at++;
  return at;
}
