import { parseInt10 } from "../values/parse-number.js";
import { PythonError } from "../values/python-error.js";
import type { PyDateTime } from "../values/value.js";
import {
  checkedDays,
  checkedWall,
  civilFromDays,
  dayMicros,
  daysFromCivil,
  inRange,
  isLeap,
  weekday,
} from "./calendar.js";
import { pytzUtc } from "./zone.js";

/**
 * An ISO 8601 date or time as `dateutil.parser.isoparse` reads it, moved to UTC: dates as `YYYY`, `YYYY-MM`,
 * `YYYY-MM-DD`, `YYYYMMDD`, weeks and ordinal days, then any one character, then the time. ValueError for the rest.
 */
export function isoParse(text: string): PyDateTime {
  if (/[^\0-\x7f]/.test(text)) throw bad("ISO-8601 strings should contain only ASCII characters");
  const { days, end } = parseDate(text);
  const time = text.length > end ? parseTime(text.slice(end + 1)) : { fields: [0, 0, 0, 0], offset: 0n };
  const [hour = 0, minute = 0, second = 0, microsecond = 0] = time.fields;
  const wall = checkedWall({ ...civilFromDays(days), hour: hour === 24 ? 0 : hour, minute, second, microsecond });
  return { kind: "datetime", wall: inRange(wall + (hour === 24 ? dayMicros : 0n) - time.offset), zone: pytzUtc };
}

function parseDate(text: string): { days: number; end: number } {
  try {
    const { parts, end } = commonDate(text);
    const [year = 1, month = 1, day = 1] = parts;
    return { days: checkedDays(year, month, day), end };
  } catch (error) {
    if (!(error instanceof PythonError) || !error.message.startsWith(uncommon)) throw error;
    return weekOrOrdinal(text);
  }
}

/** Marks the errors after which the other forms of a date are tried. */
const uncommon = "Invalid common date";

function commonDate(text: string): { parts: number[]; end: number } {
  if (text.length < 4) throw new PythonError("ValueError", `${uncommon}: too short`);
  const parts = [part(text, 0, 4)];
  if (text.length === 4) return { parts, end: 4 };
  const dash = text[4] === "-" ? 1 : 0;
  let at = 4 + dash;
  parts.push(part(text, at, 2));
  at += 2;
  if (at >= text.length) {
    if (dash === 1) return { parts, end: at };
    throw new PythonError("ValueError", `${uncommon}: YYYYMM`);
  }
  if (dash === 1) {
    if (text[at] !== "-") throw new PythonError("ValueError", `${uncommon}: separator`);
    at++;
  }
  parts.push(part(text, at, 2));
  return { parts, end: at + 2 };
}

function part(text: string, at: number, width: number): number {
  const digits = text.slice(at, at + width);
  const value = digits.length < width ? undefined : parseInt10(digits);
  if (value === undefined) throw new PythonError("ValueError", `${uncommon}: ${digits}`);
  return Number(value);
}

function weekOrOrdinal(text: string): { days: number; end: number } {
  if (text.length < 4) throw bad("ISO string too short");
  const year = int(text.slice(0, 4));
  const dash = text[4] === "-" ? 1 : 0;
  let at = 4 + dash;
  if (text[at] !== "W") {
    if (text.length - at < 3) throw bad("Invalid ordinal day");
    const ordinal = int(text.slice(at, at + 3));
    if (ordinal < 1 || ordinal > (isLeap(year) ? 366 : 365))
      throw bad(`Invalid ordinal day ${ordinal} for year ${year}`);
    return { days: checkedDays(year, 1, 1) + ordinal - 1, end: at + 3 };
  }
  const week = int(text.slice(at + 1, at + 3));
  at += 3;
  let day = 1;
  if (text.length > at) {
    if ((text[at] === "-" ? 1 : 0) !== dash) throw bad("Inconsistent use of dash separator");
    at += dash;
    day = int(text.slice(at, at + 1));
    at++;
  }
  if (week < 1 || week > 53) throw bad(`Invalid week: ${week}`);
  if (day < 1 || day > 7) throw bad(`Invalid weekday: ${day}`);
  const january4 = daysFromCivil(year, 1, 4);
  return { days: january4 - weekday(january4) + (week - 1) * 7 + day - 1, end: at };
}

function parseTime(text: string): { fields: number[]; offset: bigint } {
  if (text.length < 2) throw bad("ISO time too short");
  const fields = [0, 0, 0, 0];
  let at = 0;
  let colon = false;
  let offset = 0n;
  for (let field = 0; at < text.length && field < 6; field++) {
    if ("-+Zz".includes(text[at]!)) {
      offset = parseOffset(text.slice(at));
      at = text.length;
      break;
    }
    if (field === 1 && text[at] === ":") {
      colon = true;
      at++;
    } else if (field === 2 && colon) {
      if (text[at] !== ":") throw bad("Inconsistent use of colon separator");
      at++;
    }
    if (field < 3) {
      fields[field] = int(text.slice(at, at + 2));
      at += 2;
    } else if (field === 3) {
      const fraction = /^[.,](\d+)/.exec(text.slice(at));
      if (fraction === null) continue;
      fields[3] = Number(fraction[1]!.slice(0, 6).padEnd(6, "0"));
      at += fraction[0].length;
    }
  }
  if (at < text.length) throw bad("Unused components in ISO string");
  if (fields[0] === 24 && fields.slice(1).some((value) => value !== 0)) {
    throw bad("Hour may only be 24 at 24:00:00.000");
  }
  return { fields, offset };
}

function parseOffset(text: string): bigint {
  if (text === "Z" || text === "z") return 0n;
  if (![3, 5, 6].includes(text.length)) throw bad("Time zone offset must be 1, 3, 5 or 6 characters");
  if (text[0] !== "+" && text[0] !== "-") throw bad("Time zone offset requires sign");
  const hours = int(text.slice(1, 3));
  const minutes = text.length === 3 ? 0 : int(text.slice(text[3] === ":" ? 4 : 3));
  if (minutes > 59) throw bad("Invalid minutes in time zone offset");
  if (hours > 23) throw bad("Invalid hours in time zone offset");
  return BigInt((text[0] === "-" ? -1 : 1) * (hours * 60 + minutes) * 60) * 1_000_000n;
}

function int(text: string): number {
  const value = parseInt10(text);
  if (value === undefined) throw bad(`invalid literal for int() with base 10: b'${text}'`);
  return Number(value);
}

function bad(message: string): PythonError {
  return new PythonError("ValueError", message);
}
