import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";
import type { Scale } from "./cursor.js";

/** What was read already, from when to when, and the newest value found in it. */
export interface Interval<T> {
  start: T;
  end: T;
  newest: T | undefined;
}

/** The state of one range cursor. */
export interface Progress<T> {
  intervals: Interval<T>[];
  /** Keys of the saved state that mean nothing here but are handed on. */
  readonly legacy: PyDict;
}

/** Intervals in order, those that touch joined. */
export function joined<T>(intervals: readonly Interval<T>[], scale: Scale<T>): Interval<T>[] {
  const sorted = intervals
    .map((interval) => ({ ...interval }))
    .sort((a, b) => scale.compare(a.start, b.start) || scale.compare(a.end, b.end));
  const result: Interval<T>[] = [];
  for (const interval of sorted) {
    const last = result.at(-1);
    if (last === undefined || scale.compare(scale.after(last.end), interval.start) < 0) result.push(interval);
    else {
      if (scale.compare(interval.end, last.end) > 0) last.end = interval.end;
      last.newest = greatest(last.newest, interval.newest, scale);
    }
  }
  return result;
}

export function greatest<T>(a: T | undefined, b: T | undefined, scale: Scale<T>): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return scale.compare(a, b) >= 0 ? a : b;
}

/**
 * Reads a saved state: `{ field: value }`, or intervals `{ state_type: "date-range", slices: […] }`. Returns also where
 * the read begins.
 */
export function readProgress<T>(
  state: PyDict,
  field: string,
  start: T,
  scale: Scale<T>,
): { readonly from: T; readonly progress: Progress<T> } {
  const type = state.get("state_type");
  if (type === "date-range" || type === "integer") {
    const slices = state.get("slices");
    const intervals = (Array.isArray(slices) ? slices : [])
      .filter((slice) => isDict(slice))
      .map((slice) => intervalOf(slice, scale));
    const [first] = intervals;
    return { from: first?.newest ?? first?.end ?? start, progress: { intervals, legacy: pyDict() } };
  }
  const saved = state.get(field);
  const value = saved === undefined ? undefined : scale.parse(saved);
  const from = value !== undefined && scale.compare(value, start) >= 0 ? value : start;
  return { from, progress: { intervals: [{ start, end: from, newest: from }], legacy: pyDict(state) } };
}

/** The state to be saved: the newest value of what was read without a gap from the start. */
export function writeProgress<T>({ intervals, legacy }: Progress<T>, field: string, scale: Scale<T>): PyDict {
  const [first] = joined(intervals, scale);
  const state = pyDict(legacy);
  if (first !== undefined) state.set(field, scale.write(first.newest ?? first.start));
  return state;
}

function intervalOf<T>(slice: PyDict, scale: Scale<T>): Interval<T> {
  const value = (name: string): PyValue => slice.get(name) ?? str(null);
  const newest = slice.get("most_recent_cursor_value");
  return {
    start: scale.parse(value("start")),
    end: scale.parse(value("end")),
    newest: newest === undefined || newest === null ? undefined : scale.parse(newest),
  };
}
