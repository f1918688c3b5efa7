import { PythonError } from "../values/python-error.js";
import { quoted } from "../values/quoted.js";
import type { PyDuration, PyTimeDelta } from "../values/value.js";
import { timedelta } from "./delta.js";

const number = "\\d+(?:[,.]\\d+)?";
const pattern = new RegExp(
  `^(?<sign>[+-])?P(?=\\w)(?:(?<years>${number})Y)?(?:(?<months>${number})M)?(?:(?<weeks>${number})W)?` +
    `(?:(?<days>${number})D)?(?:T(?:(?<hours>${number})H)?(?:(?<minutes>${number})M)?(?:(?<seconds>${number})S)?)?$`,
);

/** An ISO 8601 duration, `P1DT2H`: a timedelta, or a calendar duration where it has years or months. */
export function parseDuration(text: string): PyTimeDelta | PyDuration {
  const groups = pattern.exec(text)?.groups;
  if (groups === undefined) throw new PythonError("ISO8601Error", `Unable to parse duration string ${quoted(text)}`);
  const value = (name: string) => Number((groups[name] ?? "0").replace(",", "."));
  const sign = groups.sign === "-" ? -1 : 1;
  const [years, months] = [value("years"), value("months")];
  const seconds = value("hours") * 3600 + value("minutes") * 60;
  const rest =
    BigInt(sign) * (micros((value("weeks") * 7 + value("days")) * 86_400) + micros(seconds) + micros(value("seconds")));
  if (years === 0 && months === 0) return timedelta(rest);
  return { kind: "duration", years: sign * years, months: sign * months, rest };
}

function micros(seconds: number): bigint {
  const whole = Math.trunc(seconds);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((seconds - whole) * 1e6));
}
