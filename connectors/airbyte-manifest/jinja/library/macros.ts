import { randomUUID } from "node:crypto";
import { asText } from "../members/method.js";
import type { Run } from "../run.js";
import { isMarkup } from "../text/markup.js";
import { urlQuotePlus } from "../text/url-quote.js";
import { addMicros } from "../time/arithmetic.js";
import { dayMicros, wallDays } from "../time/calendar.js";
import { formatDatetime, fromMicros, parseDatetime, timestampOf } from "../time/datetime-format.js";
import { parseDuration } from "../time/duration.js";
import { isoParse } from "../time/iso-parse.js";
import { strftime } from "../time/strftime.js";
import { strptime } from "../time/strptime.js";
import { pytzUtc, zoneOffset } from "../time/zone.js";
import { bindArguments, callable } from "../values/call.js";
import { ordered } from "../values/compare.js";
import { lengthOf } from "../values/iterate.js";
import { listOf } from "../values/list-of.js";
import { numeric, roundFloat, truncated } from "../values/numbers.js";
import { PythonError } from "../values/python-error.js";
import { repr } from "../values/text.js";
import { typeName } from "../values/type-name.js";
import { isUndefined, undefinedError } from "../values/undefined.js";
import type { Keywords, PyDateTime, PyValue } from "../values/value.js";

type Macro = readonly [signature: string, apply: (run: Run, given: readonly (PyValue | undefined)[]) => PyValue];

const macros: Readonly<Record<string, Macro>> = {
  now_utc: ["", (run) => now(run)],
  today_utc: ["", (run) => ({ kind: "date", days: wallDays(now(run).wall) })],
  today_with_timezone: ["timezone", (run, [zone]) => today(run, zone)],
  timestamp: ["dt", (_run, [value]) => timestamp(value!)],
  str_to_datetime: ["s", (_run, [text]) => toDatetime(text!)],
  duration: ["datestring", (_run, [text]) => parseDuration(durationText(text!))],
  day_delta: ["num_days format?", (run, [days, format]) => dayDelta(run, days!, format)],
  format_datetime: [
    "dt format input_format?",
    (_run, [value, format, inputFormat]) => reformat(value!, format!, inputFormat ?? null),
  ],
  sanitize_url: ["value", (_run, [value]) => urlQuotePlus(asText(value, "quote_from_bytes() argument"))],
  camel_case_to_snake_case: [
    "value",
    (_run, [value]) =>
      asText(value)
        .replace(/(?<!^)(?=[A-Z])/g, "_")
        .toLowerCase(),
  ],
  generate_uuid: ["", () => randomUUID()],
};

export const macroNames: readonly string[] = [...Object.keys(macros), "max", "min"];

/** The macros of the low-code language, by name, for one rendering. */
export function macroOf(run: Run, name: string): PyValue | undefined {
  if (name === "max" || name === "min") return callable(name, (args, keywords) => extreme(run, name, args, keywords));
  const macro = Object.hasOwn(macros, name) ? macros[name] : undefined;
  if (macro === undefined) return undefined;
  const [signature, apply] = macro;
  return callable(name, (args, keywords) => apply(run, bindArguments(name, signature, args, keywords)));
}

function now(run: Run): PyDateTime {
  return fromMicros(BigInt(Math.round(run.clock() * 1000)));
}

function today(run: Run, zone: PyValue | undefined): PyValue {
  const { wall } = now(run);
  if (typeof zone !== "string") throw new PythonError("UnknownTimeZoneError", repr(zone ?? null));
  return { kind: "date", days: wallDays(wall + zoneOffset(zone, wall)) };
}

/** A string as a datetime in UTC. */
function toDatetime(value: PyValue): PyDateTime {
  if (isUndefined(value)) throw undefinedError(value);
  const length = lengthOf(value);
  if (typeof value !== "string" && length !== undefined && length < 4) {
    throw new PythonError("ValueError", "ISO string too short");
  }
  if (isMarkup(value)) return isoParse(value.text);
  if (typeof value !== "string") throw new PythonError("TypeError", `object of type '${typeName(value)}' has no len()`);
  return isoParse(value);
}

function timestamp(value: PyValue): PyValue {
  const number = numeric(value);
  if (number !== undefined) return typeof number === "bigint" ? number : truncated(number);
  return timestampOf(toDatetime(value));
}

function durationText(value: PyValue): string {
  if (typeof value === "string") return value;
  throw new PythonError("TypeError", `Expecting a string ${repr(value)}`);
}

function dayDelta(run: Run, days: PyValue, format: PyValue | undefined): PyValue {
  if (isUndefined(days)) throw new PythonError("TypeError", "unsupported type for timedelta days component: Undefined");
  const number = numeric(days);
  if (number === undefined) {
    throw new PythonError("TypeError", `unsupported type for timedelta days component: ${typeName(days)}`);
  }
  const micros = typeof number === "bigint" ? number * dayMicros : BigInt(roundFloat(number * Number(dayMicros), 0));
  const moved = addMicros(now(run), micros) as PyDateTime;
  return strftime(moved, format === undefined ? "%Y-%m-%dT%H:%M:%S.%f%z" : asText(format, "strftime() argument 1"));
}

function reformat(value: PyValue, format: PyValue, inputFormat: PyValue): PyValue {
  const isDatetime = typeof value === "object" && value !== null && "kind" in value && value.kind === "datetime";
  if (isDatetime) return strftime(value, asText(format, "strftime() argument 1"));
  const input = inputFormat === null || inputFormat === "" ? undefined : asText(inputFormat, "strptime() argument 2");
  let datetime: PyDateTime;
  if (typeof value === "bigint" || typeof value === "boolean") datetime = parseDatetime(value, input ?? "%s");
  else if (input === undefined) datetime = toDatetime(value);
  else datetime = strptime(asText(value, "strptime() argument 1"), input);
  if (datetime.zone === null) datetime = { ...datetime, zone: pytzUtc };
  return formatDatetime(datetime, asText(format, "format"));
}

/** `max(…)` and `min(…)` of the arguments, or of the one iterable that is given. */
function extreme(run: Run, name: "max" | "min", args: readonly PyValue[], keywords: Keywords): PyValue {
  bindArguments(name, args.map((_, at) => `arg${at}/`).join(" "), args, keywords);
  if (args.length === 0) throw new PythonError("TypeError", `${name} expected at least 1 argument, got 0`);
  const values = args.length === 1 ? listOf(run, args[0]!) : args;
  let best = values[0];
  if (best === undefined) throw new PythonError("ValueError", `${name}() arg is an empty sequence`);
  for (const value of values.slice(1)) if (ordered(name === "max" ? ">" : "<", value, best)) best = value;
  return best;
}
