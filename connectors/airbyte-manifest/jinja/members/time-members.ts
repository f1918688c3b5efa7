import type { Run } from "../run.js";
import { instant } from "../time/arithmetic.js";
import {
  checkedDays,
  checkedWall,
  civilFromDays,
  dayMicros,
  daysFromCivil,
  isoCalendar,
  minDays,
  timeOfDay,
  wallDays,
  wallFields,
  weekday,
} from "../time/calendar.js";
import { fromMicros, fromTimestamp, timestampOf } from "../time/datetime-format.js";
import { strftime } from "../time/strftime.js";
import { strptime } from "../time/strptime.js";
import { isoDate, isoDatetime, isoTime, type TimeSpec, timedeltaParts } from "../time/text.js";
import { utc } from "../time/zone.js";
import { bindArguments, callable } from "../values/call.js";
import { toFloat } from "../values/numbers.js";
import { PythonError } from "../values/python-error.js";
import type { Keywords, PyDate, PyDateTime, PyDuration, PyTime, PyTimeDelta, PyValue } from "../values/value.js";
import { asCount, asText, type Methods, methodOf } from "./method.js";

const daysOf = (self: PyDate | PyDateTime) => (self.kind === "date" ? self.days : wallDays(self.wall));

const dateMethods: Methods<PyDate | PyDateTime> = {
  strftime: ["format", (self, [format], run) => counted(run, strftime(self, asText(format, "strftime() argument 1")))],
  weekday: ["", (self) => BigInt(weekday(daysOf(self)))],
  isoweekday: ["", (self) => BigInt(weekday(daysOf(self)) + 1)],
  isocalendar: [
    "",
    (self) => {
      const { year, week, weekday: day } = isoCalendar(daysOf(self));
      const items = [BigInt(year), BigInt(week), BigInt(day)];
      return { kind: "tuple", items, names: ["year", "week", "weekday"], type: "datetime.IsoCalendarDate" };
    },
  ],
  toordinal: ["", (self) => BigInt(daysOf(self) - minDays + 1)],
  isoformat: ["", (self) => isoDate(daysOf(self))],
  ctime: ["", (self) => `${strftime(self, "%a %b %e %H:%M:%S ")}${strftime(self, "%Y").padStart(4, "0")}`],
};

const datetimeMethods: Methods<PyDateTime> = {
  isoformat: [
    "sep? timespec?",
    (self, [sep, spec]) => isoDatetime(self, sep === undefined ? "T" : asText(sep), timeSpec(spec)),
  ],
  timestamp: ["", (self) => timestampOf(self)],
  date: ["", (self) => ({ kind: "date", days: wallDays(self.wall) })],
  time: ["", (self) => ({ kind: "time", microseconds: timeOfDay(self.wall) })],
  utcoffset: ["", (self) => (self.zone === null ? null : { kind: "timedelta", microseconds: self.zone.offset })],
  dst: ["", (self) => (self.zone?.repr === "<UTC>" ? { kind: "timedelta", microseconds: 0n } : null)],
  tzname: ["", (self) => self.zone?.name ?? null],
  astimezone: ["tz?", (self) => ({ ...self, wall: instant(self), zone: self.zone ?? utc })],
  strptime: ["date_string/ format/", (_self, [text, format]) => strptime(asText(text), asText(format))],
  fromtimestamp: ["timestamp tz?", (_self, [value]) => ({ ...fromTimestamp(seconds(value)), zone: null })],
  utcfromtimestamp: ["timestamp", (_self, [value]) => ({ ...fromTimestamp(seconds(value)), zone: null })],
  now: ["tz?", (_self, _given, run) => ({ ...fromMicros(BigInt(Math.round(run.clock() * 1000))), zone: null })],
  utcnow: ["", (_self, _given, run) => ({ ...fromMicros(BigInt(Math.round(run.clock() * 1000))), zone: null })],
};

/** An attribute or method of a date or datetime. */
export function dateMember(run: Run, self: PyDate | PyDateTime, name: string): PyValue | undefined {
  const fields = self.kind === "date" ? civilFromDays(self.days) : wallFields(self.wall);
  const field = Object.hasOwn(fields, name) ? fields[name as keyof typeof fields] : undefined;
  if (field !== undefined) return BigInt(field);
  if (name === "replace") return callable(name, (args, keywords) => replaced(self, args, keywords));
  if (self.kind === "date") {
    return methodOf(run, dateMethods, self, "date", name);
  }
  if (name === "tzinfo") return zoneObject(self);
  return methodOf(run, datetimeMethods, self, "datetime", name) ?? methodOf(run, dateMethods, self, "datetime", name);
}

const timeMethods: Methods<PyTime> = {
  strftime: ["format", (self, [format], run) => counted(run, strftime(onFirstDay(self), asText(format)))],
  isoformat: ["timespec?", (self, [spec]) => isoTime(self.microseconds, timeSpec(spec))],
};

/** An attribute or method of a time of day. */
export function timeMember(run: Run, self: PyTime, name: string): PyValue | undefined {
  const { hour, minute, second, microsecond } = wallFields(self.microseconds);
  const fields: Readonly<Record<string, number>> = { hour, minute, second, microsecond };
  if (name === "tzinfo") return null;
  return Object.hasOwn(fields, name) ? BigInt(fields[name]!) : methodOf(run, timeMethods, self, "time", name);
}

/** Formats of a time show the day 1900-01-01, as Python's do. */
function onFirstDay({ microseconds }: PyTime): PyDateTime {
  return { kind: "datetime", wall: BigInt(daysFromCivil(1900, 1, 1)) * dayMicros + microseconds, zone: null };
}

/** An attribute or method of a timedelta, or of a calendar duration: there of its fixed part. */
export function timedeltaMember(self: PyTimeDelta | PyDuration, name: string): PyValue | undefined {
  const micros = self.kind === "timedelta" ? self.microseconds : self.rest;
  if (self.kind === "duration" && (name === "years" || name === "months")) {
    return Number.isInteger(self[name]) ? BigInt(self[name]) : self[name];
  }
  const parts = timedeltaParts(micros);
  switch (name) {
    case "days":
      return parts.days;
    case "seconds":
      return BigInt(parts.seconds);
    case "microseconds":
      return BigInt(parts.micros);
    case "total_seconds":
      return callable(name, () => Number(micros) / 1_000_000);
    default:
      return undefined;
  }
}

function counted(run: Run, text: string): string {
  run.characters(text.length);
  return text;
}

function timeSpec(value: PyValue | undefined): TimeSpec {
  const specs: readonly TimeSpec[] = ["auto", "hours", "minutes", "seconds", "milliseconds", "microseconds"];
  const spec = value === undefined ? "auto" : specs.find((known) => known === value);
  if (spec === undefined) throw new PythonError("ValueError", "Unknown timespec value");
  return spec;
}

function seconds(value: PyValue | undefined): number {
  if (typeof value === "bigint" || typeof value === "number") return toFloat(value);
  throw new PythonError("TypeError", "a timestamp must be a number");
}

function zoneObject({ zone }: PyDateTime): PyValue {
  if (zone === null) return null;
  return {
    kind: "object",
    type: "timezone",
    attribute: () => undefined,
    repr: () => (zone.repr === "datetime.timezone.utc" ? "UTC" : zone.name),
  };
}

const parameters = "year? month? day? hour? minute? second? microsecond? tzinfo?";

function replaced(self: PyDate | PyDateTime, args: readonly PyValue[], keywords: Keywords): PyValue {
  const names = self.kind === "date" ? "year? month? day?" : parameters;
  const given = bindArguments("replace", names, args, keywords);
  if (self.kind === "date") {
    const { year, month, day } = civilFromDays(self.days);
    return {
      kind: "date",
      days: checkedDays(asCount(given[0], year), asCount(given[1], month), asCount(given[2], day)),
    };
  }
  const fields = wallFields(self.wall);
  const wall = checkedWall({
    year: asCount(given[0], fields.year),
    month: asCount(given[1], fields.month),
    day: asCount(given[2], fields.day),
    hour: asCount(given[3], fields.hour),
    minute: asCount(given[4], fields.minute),
    second: asCount(given[5], fields.second),
    microsecond: asCount(given[6], fields.microsecond),
  });
  return { kind: "datetime", wall, zone: given[7] === null ? null : self.zone };
}
