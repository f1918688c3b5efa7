import { type DecimalParts, parseDecimal, sameDecimal, wholeDigits } from "../../../sdk/batch/decimal-text.js";
import { parseDate, parseDatetime, parseTimestamp } from "../../../sdk/batch/time-text.js";
import { jsonByte } from "../../../sdk/json/json-scan.js";
import { noEvidence, type TextEvidence, textClass } from "../text/text-evidence.js";

const classOnly = (found: number): TextEvidence => ({ ...noEvidence, classes: found });
const asBoolean = classOnly(textClass.boolean);
const asString = classOnly(textClass.string);
const asJson = classOnly(textClass.json);
const asDate = classOnly(textClass.date);
const asDatetime = classOnly(textClass.datetime);
const asTimestamp = classOnly(textClass.timestamp);

/** What one JSON value says about its column. */
export function jsonEvidence(bytes: Buffer, start: number, end: number): TextEvidence {
  switch (bytes[start]) {
    case 0x6e:
      return noEvidence;
    case 0x74:
    case 0x66:
      return asBoolean;
    case jsonByte.openBrace:
    case jsonByte.openBracket:
      return asJson;
    case jsonByte.quote:
      return stringEvidence(bytes, start, end);
    default:
      return numberEvidence(bytes.toString("latin1", start, end));
  }
}

function stringEvidence(bytes: Buffer, start: number, end: number): TextEvidence {
  if (mayBeTime(bytes, start, end)) return timeEvidence(bytes.toString("latin1", start + 1, end - 1));
  const inside = bytes.subarray(start + 1, end - 1);
  if (!inside.includes("\\u")) return asString;
  return hasLoneSurrogate(JSON.parse(bytes.toString("utf8", start, end))) ? asJson : asString;
}

/** Half of a surrogate pair has no form in UTF-8: such a string keeps its JSON text. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/**
 * A number counts by its value: `1e2` and `100.0` are 100 with a fraction, `1.10` is 1.1. Whole numbers written without
 * point and exponent are integers, and minus zero is a float.
 */
export function numberEvidence(text: string): TextEvidence {
  const parts = parseDecimal(text);
  const floatExact = isFloatExact(text);
  if (parts === undefined || isMinusZero(parts, text)) return { ...noEvidence, classes: textClass.float, floatExact };
  const integerDigits = wholeDigits(parts);
  if (isWhole(text)) {
    const fits = integerDigits < 19 || BigInt.asIntN(64, BigInt(text)) === BigInt(text);
    return { classes: fits ? textClass.integer : textClass.decimal, integerDigits, scale: 0, floatExact };
  }
  const classes = isPrintedFloat(parts, text) ? textClass.printedFloat : textClass.decimal;
  return { classes, integerDigits, scale: scaleOf(parts, text), floatExact };
}

/** How many digits behind the point a number takes: one at least where it is not written as a whole one. */
export function scaleOf({ scale }: DecimalParts, text: string): number {
  return isWhole(text) ? 0 : Math.max(1, scale);
}

function isWhole(text: string): boolean {
  return /^-?\d+$/.test(text);
}

/** More digits than a float64 is sure to keep are exact all the same where a program printed a float64. */
const sureDigits = 15;
/** Fewer digits behind the point may be those of a large amount. */
const leastFraction = 8;

/** More digits than a decimal has that somebody wrote, and a float64 that prints them: `0.016666666666666666`. */
function isPrintedFloat({ digits, scale }: DecimalParts, text: string): boolean {
  return scale >= leastFraction && digits.length > sureDigits && isFloatExact(text);
}

/** Whether a float64 prints the same number again. */
export function isFloatExact(text: string): boolean {
  const number = Number(text);
  if (number === 0) return parseDecimal(text)?.digits === "0";
  return Number.isFinite(number) && (text.length <= sureDigits || sameDecimal(String(number), text));
}

export function isMinusZero({ digits }: DecimalParts, text: string): boolean {
  return digits === "0" && text.startsWith("-");
}

/** Whether a value says nothing that `evidence` does not say already; quick, and sometimes wrongly false. */
export function isKnown(evidence: TextEvidence, bytes: Buffer, start: number, end: number): boolean {
  const has = (found: number) => (evidence.classes & found) !== 0;
  switch (bytes[start]) {
    case 0x6e:
      return true;
    case 0x74:
    case 0x66:
      return has(textClass.boolean);
    case jsonByte.openBrace:
    case jsonByte.openBracket:
      return has(textClass.json);
    case jsonByte.quote:
      return has(textClass.string) && !bytes.subarray(start, end).includes(jsonByte.backslash);
    default:
      return end - start <= sureDigits && isKnownNumber(evidence, bytes, start, end);
  }
}

function isKnownNumber(
  { classes, integerDigits, scale }: TextEvidence,
  bytes: Buffer,
  start: number,
  end: number,
): boolean {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  let point = end;
  let nothing = true;
  for (let at = first; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === 0x2e) point = at;
    else if (byte < 0x30 || byte > 0x39) return false;
    else if (byte !== 0x30) nothing = false;
  }
  if (nothing && first > start) return false;
  const found = point === end ? textClass.integer : textClass.decimal;
  return (classes & found) !== 0 && point - first <= integerDigits && end - point - 1 <= scale;
}

/** Whether a string token is long enough for a date, begins with a digit and has a hyphen where a year ends. */
function mayBeTime(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start - 2;
  const first = bytes[start + 1]!;
  return length >= 10 && length <= 32 && first >= 0x30 && first <= 0x39 && bytes[start + 5] === 0x2d;
}

const datePattern = /^\d{4}-\d\d-\d\d$/;
const datetimePattern = /^\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?$/;
const timestampPattern =
  /^\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)? ?(?:Z|[+-]\d\d(?::?\d\d)?)$/;

/** ISO 8601 dates and times count as such; everything else, however much like one, is a string. */
export function timeEvidence(text: string): TextEvidence {
  if (datePattern.test(text)) return parseDate(text) === undefined ? asString : asDate;
  if (datetimePattern.test(text)) return parseDatetime(text) === undefined ? asString : asDatetime;
  if (timestampPattern.test(text)) return parseTimestamp(text) === undefined ? asString : asTimestamp;
  return asString;
}
