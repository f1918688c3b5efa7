import { ConfigError } from "../../../sdk/errors.js";
import { parseDatetime } from "../jinja/time/datetime-format.js";
import { str } from "../jinja/values/text.js";
import type { PyDateTime, PyDict, PyValue } from "../jinja/values/value.js";
import { parametersOf, requiredText, text } from "../load/fields.js";
import { isDict } from "../value/is-dict.js";
import type { Templates } from "../value/templates.js";
import { compareTimes } from "./time-scale.js";

/** A MinMaxDatetime, or a template by itself: a time that may be held between two others. */
export function minMaxDatetime(
  value: PyValue,
  templates: Templates,
  parameters: PyDict,
  absentFormat: string,
): PyDateTime {
  if (!isDict(value)) return timeOf(templates.text(str(value), parameters), absentFormat);
  const own = parametersOf(value);
  const format = text(value, "datetime_format") || absentFormat;
  let time = timeOf(templates.text(requiredText(value, "datetime"), own), format);
  const least = bound(text(value, "min_datetime"), templates, own);
  if (least !== "") time = later(time, timeOf(least, format), 1);
  const most = bound(text(value, "max_datetime"), templates, own);
  if (most !== "") time = later(time, timeOf(most, format), -1);
  return time;
}

function bound(template: string | undefined, templates: Templates, parameters: PyDict): string {
  return template === undefined || template === "" ? "" : templates.text(template, parameters);
}

function later(a: PyDateTime, b: PyDateTime, sign: 1 | -1): PyDateTime {
  return sign * compareTimes(b, a) > 0 ? b : a;
}

function timeOf(text: string, format: string): PyDateTime {
  try {
    return parseDatetime(text, format);
  } catch (cause) {
    throw new ConfigError("manifest.datetime", `'${text}' is no time in the format '${format}'`, {
      cause,
      hint: "check the dates in the config",
    });
  }
}
