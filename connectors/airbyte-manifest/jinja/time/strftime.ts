import type { PyDate, PyDateTime } from "../values/value.js";
import { dayMicros, dayOfYear, floorDivide, isoCalendar, wallDays, wallFields, weekday } from "./calendar.js";
import { months, weekdays } from "./names.js";
import { offsetText } from "./text.js";

const directive = /%([-_0^#]*)(\d*)([EO]?)([\s\S])/g;
/** Directives that are padded with a space by themselves, and the rest of the numbers with zeros. */
const spacePadded = new Set(["e", "k", "l"]);
const composed: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  T: "%H:%M:%S",
  R: "%H:%M",
  r: "%I:%M:%S %p",
};

/** The letters that may follow the modifiers for other calendars and digits, which mean nothing here. */
const modified: Readonly<Record<string, string>> = { E: "cCxXyY", O: "deHImMSuUVwWy" };

/** `strftime(format)` of a date or datetime: Python's directives, and those of the C library beneath it on Linux. */
export function strftime(value: PyDate | PyDateTime, format: string): string {
  const datetime: PyDateTime =
    value.kind === "datetime" ? value : { kind: "datetime", wall: BigInt(value.days) * dayMicros, zone: null };
  return format.replace(directive, (whole, flags: string, width: string, modifier: string, letter: string) => {
    const text = modified[modifier]?.includes(letter) === false ? undefined : textOf(datetime, letter);
    if (text !== undefined && Object.hasOwn(composed, letter)) return text;
    return text === undefined ? whole : flagged(text, letter, flags, width);
  });
}

function textOf(datetime: PyDateTime, letter: string): string | undefined {
  const part = composed[letter];
  if (part !== undefined) return strftime(datetime, part);
  const { zone, wall } = datetime;
  if (letter === "%") return "%";
  if (letter === "n") return "\n";
  if (letter === "t") return "\t";
  if (letter === "z") return zone === null ? "" : offsetText(zone.offset, "");
  if (letter === "Z") return zone === null ? "" : zone.name;
  if (letter === "s") return floorDivide(wall, 1_000_000n).toString();
  return dateText(wall, letter);
}

function dateText(wall: bigint, letter: string): string | undefined {
  const days = wallDays(wall);
  const { year, month, day, hour, minute, second, microsecond } = wallFields(wall);
  const pad = (value: number, width = 2) => String(value).padStart(width, spacePadded.has(letter) ? " " : "0");
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  switch (letter) {
    case "a":
      return weekdays[weekday(days)]?.slice(0, 3);
    case "A":
      return weekdays[weekday(days)];
    case "b":
    case "h":
      return months[month - 1]?.slice(0, 3);
    case "B":
      return months[month - 1];
    case "w":
      return String((weekday(days) + 1) % 7);
    case "u":
      return String(weekday(days) + 1);
    case "d":
    case "e":
      return pad(day);
    case "m":
      return pad(month);
    case "y":
      return pad(year % 100);
    case "Y":
      return String(year);
    case "C":
      return String(Math.floor(year / 100));
    case "H":
    case "k":
      return pad(hour);
    case "I":
    case "l":
      return pad(hour12);
    case "p":
      return hour < 12 ? "AM" : "PM";
    case "P":
      return hour < 12 ? "am" : "pm";
    case "M":
      return pad(minute);
    case "S":
      return pad(second);
    case "f":
      return pad(microsecond, 6);
    case "j":
      return pad(dayOfYear(days), 3);
    case "U":
      return pad(Math.floor((dayOfYear(days) + 6 - ((weekday(days) + 1) % 7)) / 7));
    case "W":
      return pad(Math.floor((dayOfYear(days) + 6 - weekday(days)) / 7));
    case "G":
      return String(isoCalendar(days).year);
    case "g":
      return pad(isoCalendar(days).year % 100);
    case "V":
      return pad(isoCalendar(days).week);
    default:
      return undefined;
  }
}

/** The C library's flags: `-` no padding, `_` spaces, `0` zeros, `^` upper case, and a least width. */
function flagged(text: string, letter: string, flags: string, width: string): string {
  let result = text;
  for (const flag of flags) {
    if (flag === "-") result = result.replace(/^[0 ]+(?=\d)/, "");
    else if (flag === "_") result = result.replace(/^0+(?=\d)/, (zeros) => " ".repeat(zeros.length));
    else if (flag === "0") result = result.replace(/^ +(?=\d)/, (spaces) => "0".repeat(spaces.length));
    else if (flag === "^") result = result.toUpperCase();
    else if (letter === "Z" || letter === "p") result = result.toLowerCase();
    else result = result.toUpperCase();
  }
  const isNumber = /^\s*\d/.test(result) && !flags.includes("_");
  return width === "" ? result : result.padStart(Math.min(Number(width), 1024), isNumber ? "0" : " ");
}
