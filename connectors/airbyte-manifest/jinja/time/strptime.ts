import { PythonError } from "../values/python-error.js";
import { quoted } from "../values/quoted.js";
import type { PyDateTime, PyZone } from "../values/value.js";
import { checkedWall, civilFromDays, daysFromCivil, isoCalendar, weekday } from "./calendar.js";
import { months, weekdays } from "./names.js";
import { fixedZone, utc } from "./zone.js";

const alternatives = (names: readonly string[]) => [...names].sort((a, b) => b.length - a.length).join("|");
const patterns: Readonly<Record<string, string>> = {
  d: "3[0-1]|[1-2]\\d|0[1-9]|[1-9]| [1-9]",
  f: "[0-9]{1,6}",
  H: "2[0-3]|[0-1]\\d|\\d",
  I: "1[0-2]|0[1-9]|[1-9]",
  G: "\\d\\d\\d\\d",
  j: "36[0-6]|3[0-5]\\d|[1-2]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]",
  m: "1[0-2]|0[1-9]|[1-9]",
  M: "[0-5]\\d|\\d",
  S: "6[0-1]|[0-5]\\d|\\d",
  U: "5[0-3]|[0-4]\\d|\\d",
  W: "5[0-3]|[0-4]\\d|\\d",
  w: "[0-6]",
  u: "[1-7]",
  V: "5[0-3]|0[1-9]|[1-4]\\d|\\d",
  y: "\\d\\d",
  Y: "\\d\\d\\d\\d",
  z: "[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|Z",
  A: alternatives(weekdays),
  a: alternatives(weekdays.map((name) => name.slice(0, 3))),
  B: alternatives(months),
  b: alternatives(months.map((name) => name.slice(0, 3))),
  p: "am|pm",
  Z: "utc|gmt",
};
const composed: Readonly<Record<string, string>> = { c: "%a %b %d %H:%M:%S %Y", x: "%m/%d/%y", X: "%H:%M:%S" };

/** `datetime.strptime(text, format)`; what does not match, or is no date, is a ValueError. */
export function strptime(text: string, format: string): PyDateTime {
  const match = expressionOf(format).exec(text);
  if (match === null) {
    throw new PythonError("ValueError", `time data ${quoted(text)} does not match format ${quoted(format)}`);
  }
  const rest = text.slice(match[0].length);
  if (rest !== "") throw new PythonError("ValueError", `unconverted data remains: ${rest}`);
  return datetimeOf((letter) => match.groups?.[letter]);
}

function expressionOf(format: string): RegExp {
  const seen = new Set<string>();
  const translate = (part: string): string =>
    part.replace(/%([\s\S]?)|\s+|[\\.^$*+?{}[\]|()]/g, (whole, letter: string | undefined) => {
      if (letter === undefined) return /\s/.test(whole) ? "\\s+" : `\\${whole}`;
      if (letter === "") throw new PythonError("ValueError", `stray % in format ${quoted(format)}`);
      if (letter === "%") return "%";
      if (Object.hasOwn(composed, letter)) return translate(composed[letter]!);
      const pattern = Object.hasOwn(patterns, letter) ? patterns[letter] : undefined;
      if (pattern === undefined) {
        throw new PythonError("ValueError", `'${letter}' is a bad directive in format ${quoted(format)}`);
      }
      if (seen.has(letter)) {
        throw new PythonError("ValueError", `directive %${letter} stands twice in format ${quoted(format)}`);
      }
      seen.add(letter);
      return `(?<${letter}>${pattern})`;
    });
  return new RegExp(`^(?:${translate(format)})`, "i");
}

function datetimeOf(get: (letter: string) => string | undefined): PyDateTime {
  const number = (letter: string): number | undefined => {
    const text = get(letter);
    return text === undefined ? undefined : Number(text);
  };
  const short = number("y");
  const date = dateOf(
    number("Y") ?? (short === undefined ? undefined : short + (short <= 68 ? 2000 : 1900)),
    get,
    number,
  );
  const wall = checkedWall({
    ...date,
    hour: number("H") ?? hourOf(number("I"), get("p")),
    minute: number("M") ?? 0,
    second: number("S") ?? 0,
    microsecond: Number((get("f") ?? "0").padEnd(6, "0")),
  });
  return { kind: "datetime", wall, zone: zoneOf(get("z"), get("Z")) };
}

type Numbers = (letter: string) => number | undefined;

function dateOf(givenYear: number | undefined, get: (letter: string) => string | undefined, number: Numbers) {
  const year = givenYear ?? 1900;
  const dayOfWeek = weekdayOf(get, number);
  const [isoYear, isoWeek] = [number("G"), number("V")];
  if (isoYear !== undefined) {
    if (isoWeek === undefined || dayOfWeek === undefined) {
      const message = "ISO year directive '%G' must be used with the ISO week directive '%V' and a weekday directive";
      throw new PythonError("ValueError", `${message} ('%A', '%a', '%w', or '%u').`);
    }
    return civilFromDays(isoWeekDay(isoYear, isoWeek, dayOfWeek));
  }
  if (isoWeek !== undefined) {
    throw new PythonError("ValueError", "ISO week directive '%V' must be used with the ISO year directive '%G'");
  }
  const ordinal = number("j") ?? ordinalOfWeek(year, dayOfWeek, number);
  if (ordinal !== undefined) return civilFromDays(daysFromCivil(year, 1, 1) + ordinal - 1);
  const month = number("m") ?? monthOf(get("B"), get("b")) ?? 1;
  return { year, month, day: number("d") ?? 1 };
}

function isoWeekDay(year: number, week: number, dayOfWeek: number): number {
  const january4 = daysFromCivil(year, 1, 4);
  const days = january4 - weekday(january4) + (week - 1) * 7 + dayOfWeek;
  if (week < 1 || (week === 53 && isoCalendar(days - dayOfWeek).week !== 53)) {
    throw new PythonError("ValueError", `Invalid week: ${week}`);
  }
  return days;
}

/** The day of the year of a weekday in a week counted from the first Sunday (%U) or Monday (%W). */
function ordinalOfWeek(year: number, dayOfWeek: number | undefined, number: Numbers): number | undefined {
  const [sunday, monday] = [number("U"), number("W")];
  const week = sunday ?? monday;
  if (week === undefined || dayOfWeek === undefined) return undefined;
  const first = weekday(daysFromCivil(year, 1, 1));
  const shift = sunday === undefined ? 0 : 1;
  const [start, day] = [(first + shift) % 7, (dayOfWeek + shift) % 7];
  return week === 0 ? 1 + day - start : 1 + ((7 - start) % 7) + 7 * (week - 1) + day;
}

function weekdayOf(get: (letter: string) => string | undefined, number: Numbers): number | undefined {
  const name = (get("A") ?? get("a"))?.slice(0, 3).toLowerCase();
  if (name !== undefined) return weekdays.findIndex((day) => day.slice(0, 3).toLowerCase() === name);
  const [fromSunday, fromMonday] = [number("w"), number("u")];
  if (fromSunday !== undefined) return (fromSunday + 6) % 7;
  return fromMonday === undefined ? undefined : fromMonday - 1;
}

function monthOf(long: string | undefined, short: string | undefined): number | undefined {
  const name = (long ?? short)?.slice(0, 3).toLowerCase();
  return name === undefined ? undefined : months.findIndex((month) => month.slice(0, 3).toLowerCase() === name) + 1;
}

function hourOf(hour: number | undefined, half: string | undefined): number {
  if (hour === undefined) return 0;
  const isAfternoon = half?.toLowerCase() === "pm";
  return (hour % 12) + (isAfternoon ? 12 : 0);
}

function zoneOf(offset: string | undefined, name: string | undefined): PyZone | null {
  if (offset === undefined) return null;
  if (offset.toLowerCase() === "z") return utc;
  const [, sign, hours, minutes, seconds, fraction] = /^([+-])(\d\d):?(\d\d):?(\d\d)?(?:\.(\d+))?$/.exec(offset) ?? [];
  const total = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0);
  const micros = BigInt(total) * 1_000_000n + BigInt((fraction ?? "0").padEnd(6, "0"));
  if (micros >= 86_400_000_000n) {
    throw new PythonError("ValueError", "offset must be a timedelta strictly between -24 and 24 hours");
  }
  return fixedZone(sign === "-" ? -micros : micros, name?.toUpperCase());
}
