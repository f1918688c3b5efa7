import { plainDatetime, plainTimestamp } from "../../../sdk/batch/plain-time.js";
import { timeEvidence } from "../json/json-evidence.js";
import { textClass } from "../text/text-evidence.js";
import { isUsualDate } from "../text/usual-date.js";

/**
 * How the values of a column are checked. `text`: every text is a value; `json`: every value that is printed as it is written;
 * `datetime`, `timestamp` and `other`: `ValueForm.check` says.
 */
export const valueKind = {
  text: 0,
  integer: 1,
  decimal: 2,
  float: 3,
  date: 4,
  datetime: 5,
  timestamp: 6,
  other: 7,
  json: 8,
} as const;

export interface ValueForm {
  readonly kind: (typeof valueKind)[keyof typeof valueKind];
  /** The most digits of a decimal before its point: of one that has none, and of one that has one. */
  readonly wholeDigits: number;
  readonly pointedDigits: number;
  /** The most digits behind it. */
  readonly scale: number;
  /** Of kinds that it decides, and of unusual floats: whether the text from `start` to `end` is a value. */
  readonly check: (bytes: Buffer, start: number, end: number) => boolean;
}

const space = 0x20;

export const never = () => false;

/** Of a column of texts. */
export const textForm: ValueForm = { kind: valueKind.text, wholeDigits: 0, pointedDigits: 0, scale: 0, check: never };

/** Of a column whose values `check` knows. */
export function checkedForm(kind: "datetime" | "timestamp" | "other", check: ValueForm["check"]): ValueForm {
  return { ...textForm, kind: valueKind[kind], check };
}

/** A date alone is its midnight. */
export function isDatetime(bytes: Buffer, start: number, end: number): boolean {
  if (!Number.isNaN(plainDatetime(bytes, start, end))) return true;
  if (end - start === 10 && isUsualDate(bytes, start)) return true;
  return isTime(bytes, start, end, textClass.date | textClass.datetime);
}

/** DuckDB knows no zone behind a space. */
export function isTimestamp(bytes: Buffer, start: number, end: number): boolean {
  if (!Number.isNaN(plainTimestamp(bytes, start, end))) return true;
  return isTime(bytes, start, end, textClass.timestamp) && !bytes.subarray(start + 11, end).includes(space);
}

const longestTime = 40;

function isTime(bytes: Buffer, start: number, end: number, accepted: number): boolean {
  if (end - start > longestTime) return false;
  return (timeEvidence(bytes.toString("latin1", start, end)).classes & ~accepted) === 0;
}
