import { endOfDecimal, endOfInteger } from "../../guard/plain-number.js";
import { endOfFloat } from "../../guard/printed-float.js";
import { valueKind } from "../../guard/value-form.js";
import { isUsualDate } from "../../text/usual-date.js";
import type { RowForm } from "./row-form.js";

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
 * which every reader of CSV would make the same fields; at most `most`. Behind `end` there are NULs, so that no value reaches
 * over it unseen.
 */
export function passRows(bytes: Buffer, from: number, end: number, most: number, form: RowForm): PassedRows {
  const last = form.fields.length - 1;
  let row = from;
  let rows = 0;
  for (; row < end && rows < most; rows++) {
    let at = row;
    for (let field = 0; field <= last; field++) {
      const stop = endOfField(bytes, at, end, form, field);
      if (stop < 0) return { rows, at: row, failed: { at: ~stop, field } };
      at = stop + 1;
    }
    if (form.returns && bytes[at++] !== lineFeed) return { rows, at: row, failed: { at, field: last } };
    row = at;
  }
  return { rows, at: row, failed: undefined };
}

/**
 * Where the mark stands that ends the field which begins at `at`; of one that does not pass, `~` the place at which it does
 * not.
 */
export function endOfField(bytes: Buffer, at: number, end: number, form: RowForm, field: number): number {
  const { fields, delimiter, quote, returns, isOrdinary } = form;
  const stop = field < fields.length - 1 ? delimiter : returns ? carriageReturn : lineFeed;
  if (bytes[at] === stop) return at;
  const isQuoted = bytes[at] === quote;
  const first = isQuoted ? at + 1 : at;
  const closing = isQuoted ? quote : stop;
  const { kind, wholeDigits, pointedDigits, scale, check } = fields[field]!;
  let behind = -1;
  switch (kind) {
    case valueKind.text:
      behind = first;
      if (isQuoted) behind = endOfQuoted(bytes, first, end, quote);
      else while (isOrdinary[bytes[behind]!] === 1) behind++;
      break;
    case valueKind.integer:
      behind = endOfInteger(bytes, first);
      break;
    case valueKind.decimal:
      behind = endOfDecimal(bytes, first, wholeDigits, pointedDigits, scale);
      break;
    case valueKind.date:
      if (isUsualDate(bytes, first)) behind = first + 10;
      break;
    default: {
      if (kind === valueKind.float) behind = endOfFloat(bytes, first);
      if (behind >= 0 && bytes[behind] === closing) break;
      behind = first;
      while (behind < end && bytes[behind] !== closing) behind++;
      if (!check(bytes, first, behind)) return ~behind;
    }
  }
  if (behind < 0) return ~first;
  const mark = isQuoted ? behind + 1 : behind;
  return bytes[behind] === closing && bytes[mark] === stop ? mark : ~mark;
}

/** Where the quote stands that no other one follows; `end` for none. */
function endOfQuoted(bytes: Buffer, start: number, end: number, quote: number): number {
  let at = start;
  for (;;) {
    while (at < end && bytes[at] !== quote) at++;
    if (at >= end || bytes[at + 1] !== quote) return at;
    at += 2;
  }
}
