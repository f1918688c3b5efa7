import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";
import type { Slice } from "../slices/slice.js";
import type { Cursor, Scale, SliceFollower } from "./cursor.js";
import { greatest, type Interval, joined, readProgress, writeProgress } from "./intervals.js";

export interface RangeCursorOptions<T> {
  readonly scale: Scale<T>;
  readonly cursorField: string;
  readonly start: T;
  readonly end: () => T;
  /** The end of a slice that begins here; undefined where a slice goes to the end. */
  readonly step: (start: T) => T | undefined;
  readonly lookback: (value: T) => T;
  /** Where the next read begins, once values up to a place were read. */
  readonly rereadFrom: (place: bigint) => bigint;
  /** The shortest distance between two values, where the API's boundaries are both included. */
  readonly granularity?: { readonly before: (value: T) => T; readonly after: (value: T) => T } | undefined;
  readonly clamp: (value: T) => T;
  /** The names of a slice's boundaries; undefined where a slice has none and there is only one. */
  readonly boundaries: readonly [string, string] | undefined;
}

/** One stretch of values, cut into slices. */
export interface RangeCursor extends Omit<Cursor, "slices" | "follow"> {
  ranges(): Generator<PyDict, void>;
  follow(): SliceFollower;
}

/** Follows one range of values, from a saved state to now. */
export function createRangeCursor<T>(options: RangeCursorOptions<T>, saved: PyDict): RangeCursor {
  const { scale, cursorField, start, end, granularity, boundaries, clamp } = options;
  const names = boundaries ?? (["start", "end"] as const);
  const { from, progress } = readProgress(saved, cursorField, start, scale);
  const newest = new WeakMap<Slice, { value: T }>();

  function cursorValue(record: PyDict): T | undefined {
    const value = record.get(cursorField);
    if (value === undefined || value === null) return undefined;
    try {
      return scale.parse(value);
    } catch {
      return undefined;
    }
  }

  function range(lower: T, upper: T): PyDict {
    return pyDict([
      [names[0], scale.write(lower)],
      [names[1], scale.write(upper)],
    ]);
  }

  /** Slices from one value to another. An end that is not the last is exclusive where there is a granularity. */
  function* split(lowest: T, upper: T, isEnd: boolean): Generator<PyDict, void> {
    if (scale.compare(lowest, upper) >= 0 || scale.compare(upper, start) < 0) return;
    let lower = scale.compare(lowest, start) < 0 ? start : lowest;
    const stepped = (value: T) => options.step(value) ?? end();
    if (scale.compare(stepped(lower), upper) >= 0) {
      const clamped = clamp(upper);
      yield range(clamp(lower), granularity !== undefined && !isEnd ? granularity.before(clamped) : clamped);
      return;
    }
    for (let done = false; !done; ) {
      const reach = stepped(lower);
      done = scale.compare(reach, upper) >= 0;
      const clampedUpper = done ? upper : clamp(reach);
      const clampedLower = clamp(lower);
      if (scale.compare(clampedLower, clampedUpper) >= 0) return;
      const inclusive = granularity !== undefined && !(isEnd && done) ? granularity.before(clampedUpper) : clampedUpper;
      yield range(clampedLower, inclusive);
      lower = clampedUpper;
    }
  }

  function close(slice: Slice): PyDict | undefined {
    const value = newest.get(slice)?.value;
    if (boundaries !== undefined) {
      const bound = (name: string) => scale.parse(slice.cursor.get(name) ?? null);
      progress.intervals.push({ start: bound(boundaries[0]), end: bound(boundaries[1]), newest: value });
    } else if (value !== undefined) progress.intervals.push({ start: from, end: value, newest: value });
    else return undefined;
    progress.intervals = joined(progress.intervals, scale);
    return state();
  }

  const state = () => writeProgress(progress, cursorField, scale);

  function observed(record: PyDict, slice: Slice, seen: WeakMap<Slice, { value: T }>): void {
    const value = cursorValue(record);
    if (value === undefined) return;
    const best = seen.get(slice);
    if (best === undefined) seen.set(slice, { value });
    else best.value = greatest(best.value, value, scale) as T;
  }

  return {
    field: cursorField,
    *ranges() {
      progress.intervals = joined(progress.intervals, scale);
      const read: readonly Interval<T>[] = [...progress.intervals];
      const [first] = read;
      if (first !== undefined && scale.compare(start, first.start) < 0) yield* split(start, first.start, false);
      for (let i = 0; i + 1 < read.length; i++) {
        const gap = (read[i] as Interval<T>).end;
        yield* split(granularity?.after(gap) ?? gap, (read[i + 1] as Interval<T>).start, false);
      }
      const last = read.at(-1);
      yield* split(last === undefined ? start : options.lookback(last.end), end(), true);
    },
    observe: (record, slice) => observed(record, slice, newest),
    close,
    finish: state,
    state,
    placeOf(record) {
      const value = cursorValue(record);
      return value === undefined ? undefined : scale.place(value);
    },
    rereadFrom: options.rereadFrom,
    includes(record) {
      const value = cursorValue(record);
      return value === undefined || (scale.compare(from, value) <= 0 && scale.compare(value, end()) <= 0);
    },
    follow() {
      const seen = new WeakMap<Slice, { value: T }>();
      return {
        observe: (record, slice) => observed(record, slice, seen),
        rest(slice) {
          const best = seen.get(slice);
          if (best === undefined) return slice;
          const upper = slice.cursor.get(names[1]) ?? null;
          return {
            ...slice,
            cursor: pyDict([
              [names[0], scale.write(best.value)],
              [names[1], upper],
            ]),
          };
        },
      };
    },
  };
}
