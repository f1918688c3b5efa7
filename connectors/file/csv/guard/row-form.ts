import type { ValueForm } from "../../guard/value-form.js";

/** How the rows of a file are written. */
export interface RowMarks {
  readonly delimiter: number;
  /** -1 for none. */
  readonly quote: number;
  /** Whether lines end with a carriage return too. */
  readonly returns: boolean;
}

/** Rows and what their fields have to hold. */
export interface RowForm extends RowMarks {
  readonly fields: readonly ValueForm[];
  /** What stands in no text without quotes. */
  readonly marks: readonly number[];
  /** 1 for every other byte. */
  readonly isOrdinary: Uint8Array;
}

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

export function rowForm(fields: readonly ValueForm[], { delimiter, quote, returns }: RowMarks): RowForm {
  const marks = [0, lineFeed, carriageReturn, delimiter, ...(quote < 0 ? [] : [quote])];
  const isOrdinary = Uint8Array.from({ length: 256 }, (_, byte) => (marks.includes(byte) ? 0 : 1));
  return { fields, delimiter, quote, returns, marks, isOrdinary };
}
