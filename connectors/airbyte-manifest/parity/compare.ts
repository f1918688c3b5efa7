import { fromJson, toJson } from "../jinja/json.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyValue } from "../jinja/values/value.js";
import type { WireRequest } from "../requests/exchange.js";
import { pythonJson } from "../requests/python-json.js";
import { isDict } from "../value/is-dict.js";
import type { TapeRequest } from "./tape.js";

/** How two lists differ first, if they do. */
export function firstDifference<Wanted, Found>(
  what: string,
  wanted: readonly Wanted[],
  found: readonly Found[],
  difference: (wanted: Wanted, found: Found) => string | undefined,
): string | undefined {
  for (let i = 0; i < Math.min(wanted.length, found.length); i++) {
    const differs = difference(wanted[i] as Wanted, found[i] as Found);
    if (differs !== undefined) return `${what} ${i + 1}: ${differs}`;
  }
  if (wanted.length === found.length) return undefined;
  return `${found.length} ${what}s instead of ${wanted.length}`;
}

/** A request by method, URL, the headers that the tape names, and body (JSON by its value). */
export function requestDifference(wanted: TapeRequest, found: WireRequest): string | undefined {
  if (wanted.method !== found.method) return `method ${found.method} instead of ${wanted.method}`;
  if (wanted.url !== found.url) return `URL ${found.url} instead of ${wanted.url}`;
  const headers = new Map([...found.headers].map(([name, value]) => [name.toLowerCase(), value]));
  for (const [name, value] of wanted.headers) {
    const own = headers.get(str(name).toLowerCase());
    if (own !== str(value)) return `header ${str(name)}: ${own ?? "none"} instead of ${str(value)}`;
  }
  if (bodyForm(wanted.body) === bodyForm(found.body)) return undefined;
  return `body ${found.body ?? "none"} instead of ${wanted.body ?? "none"}`;
}

/** Two values by their JSON, the order of keys apart: 1 and 1.0 differ. */
export function valueDifference(wanted: PyValue, found: PyValue): string | undefined {
  const [a, b] = [pythonJson(wanted, { sortedKeys: true }), pythonJson(found, { sortedKeys: true })];
  return a === b ? undefined : `${toJson(found)} instead of ${toJson(wanted)}`;
}

/** Two states, the measured time of a sync apart. */
export function stateDifference(wanted: PyValue, found: PyValue): string | undefined {
  return valueDifference(withoutTimes(wanted), withoutTimes(found));
}

function withoutTimes(state: PyValue): PyValue {
  if (Array.isArray(state)) return state.map(withoutTimes);
  if (!isDict(state)) return state;
  return pyDict(
    [...state].filter(([key]) => key !== "lookback_window").map(([key, value]) => [key, withoutTimes(value)]),
  );
}

function bodyForm(body: string | undefined): string {
  if (body === undefined) return "";
  try {
    return pythonJson(fromJson(body), { sortedKeys: true });
  } catch {
    return body;
  }
}
