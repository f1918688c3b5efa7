import { PythonError } from "./python-error.js";
import { quoted } from "./quoted.js";
import { typeName } from "./type-name.js";
import type { PyUndefined, PyValue } from "./value.js";

/** A variable that has no value. */
export function undefinedName(name: string): PyUndefined {
  return undefinedBecause(`${quoted(name)} is undefined`);
}

export function undefinedBecause(reason: string): PyUndefined {
  return { kind: "undefined", reason, forbidden: false };
}

/** What stands in place of an attribute or item that a value does not have. */
export function undefinedMember(owner: PyValue, member: PyValue, memberText: string): PyUndefined {
  const of = objectName(owner);
  if (typeof member === "string") return undefinedBecause(`${quoted(of)} has no attribute ${quoted(member)}`);
  return undefinedBecause(`${of} has no element ${memberText}`);
}

/** What stands in place of an attribute that the sandbox withholds. */
export function forbiddenMember(owner: PyValue, name: string): PyUndefined {
  const reason = `access to attribute ${quoted(name)} of ${quoted(typeName(owner))} object is unsafe.`;
  return { kind: "undefined", reason, forbidden: true };
}

export function isUndefined(value: PyValue): value is PyUndefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) && value.kind === "undefined";
}

/** The error of using an undefined value. */
export function undefinedError(value: PyUndefined): PythonError {
  return new PythonError(value.forbidden ? "SecurityError" : "UndefinedError", value.reason);
}

const modules: Readonly<Record<string, string>> = {
  date: "datetime.date",
  datetime: "datetime.datetime",
  time: "datetime.time",
  timedelta: "datetime.timedelta",
  Duration: "isodate.duration.Duration",
  Markup: "markupsafe.Markup",
  Undefined: "jinja2.runtime.Undefined",
  LoopContext: "jinja2.runtime.LoopContext",
  Namespace: "jinja2.utils.Namespace",
  Cycler: "jinja2.utils.Cycler",
  Joiner: "jinja2.utils.Joiner",
  Record: "airbyte_cdk.sources.types.Record",
  StreamSlice: "airbyte_cdk.sources.types.StreamSlice",
};

function objectName(value: PyValue): string {
  if (value === null) return "None";
  const name = typeName(value);
  return `${modules[name] ?? name} object`;
}
