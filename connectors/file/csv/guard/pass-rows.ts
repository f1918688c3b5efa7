import { isUsualDate } from "../../text/usual-date.js";

/** How the values of one field are checked. `any`: every text is a value; `other`: `FieldForm.check` says. */
export const fieldKind = { any: 0, integer: 1, decimal: 2, float: 3, date: 4, other: 5 } as const;

export interface FieldForm {
  readonly kind: (typeof fieldKind)[keyof typeof fieldKind];
  /** The most digits before the point of a decimal, and behind it. */
  readonly wholeDigits: number;
  readonly scale: number;
  /** Of kind `other`, and of floats with many digits: whether the text from `start` to `end` is a value. */
  readonly check: (bytes: Buffer, start: number, end: number) => boolean;
}

/** How the rows of a file are written. Bytes that are none of its marks are ordinary: 1 in `isOrdinary`, which has a NUL as 0. */
export interface RowForm {
  readonly fields: readonly FieldForm[];
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

const [lineFeed, carriageReturn, minus, point, zero, nine] = [0x0a, 0x0d, 0x2d, 0x2e, 0x30, 0x39];
/* `(byte ^ zero) <= 9` says of a byte whether it is a digit: one read, one comparison. */
/** Every whole number of so many digits is an int64; of one more, those below 9 × 10¹⁸. */
const int64Digits = 18;
/** A double holds every number of so many digits. */
const floatDigits = 15;

/**
 * Passes the rows from `from` to `end` whose values DuckDB's CSV reader takes as they are written, for their types, and of
 * which every reader of CSV would make the same fields; at most `most`. One loop, since a call for each value costs as much
 * as its check. Behind `end` there are NULs, so that no value reaches over it unseen.
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
          case fieldKind.any:
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
          case fieldKind.integer: {
            if (bytes[at] === minus) at++;
            const digits = at;
            while ((bytes[at]! ^ zero) <= 9) at++;
            const count = at - digits;
            const fits = count <= int64Digits || (count === int64Digits + 1 && bytes[digits]! < nine);
            if (fits && (bytes[digits] === zero ? count === 1 && digits === first : count > 0)) behind = at;
            break;
          }
          case fieldKind.decimal:
          case fieldKind.float: {
            if (bytes[at] === minus) at++;
            const digits = at;
            while ((bytes[at]! ^ zero) <= 9) at++;
            let whole = at - digits;
            let behindPoint = 0;
            let sound = whole > 0;
            if (bytes[digits] === zero) {
              sound = whole === 1;
              whole = 0;
            }
            if (bytes[at] === point) {
              const fraction = ++at;
              while ((bytes[at]! ^ zero) <= 9) at++;
              behindPoint = at - fraction;
              sound &&= behindPoint > 0;
            }
            const isFloat = kinds[field] === fieldKind.float;
            const fits = isFloat
              ? whole + behindPoint <= floatDigits
              : whole <= wholes[field]! &&
                behindPoint <= scales[field]! &&
                (digits === first || !isZero(bytes, digits, at));
            if (sound && fits) behind = at;
            else if (!isFloat) break;
            if (behind >= 0 && bytes[at] === (quoted ? quote : stop)) break;
            at = endOfValue(bytes, first, end, quoted ? quote : stop);
            behind = fields[field]!.check(bytes, first, at) ? at : -1;
            break;
          }
          case fieldKind.date:
            if (isUsualDate(bytes, at)) behind = at += 10;
            break;
          default:
            at = endOfValue(bytes, first, end, quoted ? quote : stop);
            if (fields[field]!.check(bytes, first, at)) behind = at;
        }
        if (behind < 0) return { rows, at: row, failed: { at, field } };
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

/** Minus zero is no decimal. */
function isZero(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== zero && bytes[at] !== point) return false;
  return true;
}
