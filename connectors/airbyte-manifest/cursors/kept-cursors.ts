import { fromJson, toJson } from "../jinja/json.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";
import type { RangeCursor } from "./range-cursor.js";
import type { TimeCursorPlan } from "./time-cursor.js";

/** The cursors of partitions by key, oldest first: whole while they are at work, else the state they left, a twentieth of the size. */
export interface KeptCursors {
  readonly size: number;
  has(key: string): boolean;
  /** Whether it was laid to rest in this run. */
  isDone(key: string): boolean;
  /** Takes over a saved state. */
  restore(key: string, saved: PyDict): void;
  /** Puts a partition's cursor to work; a new one where none is kept. */
  wake(key: string, fresh: () => RangeCursor): RangeCursor;
  atWork(key: string): RangeCursor | undefined;
  /** To look something up by; changes nothing. */
  lookUp(key: string): RangeCursor | undefined;
  /** A partition was read. */
  rest(key: string): void;
  forget(key: string): void;
  /** The oldest that is not open, if there is one. */
  oldest(isOpen: (key: string) => boolean): string;
  states(): Iterable<readonly [string, PyDict]>;
}

export function keptCursors(plan: TimeCursorPlan): KeptCursors {
  const cursors = new Map<string, RangeCursor | string>();
  const done = new Set<string>();

  function lookUp(key: string): RangeCursor | undefined {
    const cursor = cursors.get(key);
    return typeof cursor === "string" ? plan.open(dictOf(cursor)) : cursor;
  }

  return {
    get size() {
      return cursors.size;
    },
    has: (key) => cursors.has(key),
    isDone: (key) => done.has(key),
    restore(key, saved) {
      const cursor = plan.open(pyDict(saved));
      // Several stretches of time are more than a cursor's state says.
      cursors.set(key, saved.has("state_type") ? cursor : toJson(cursor.state()));
    },
    wake(key, fresh) {
      const cursor = lookUp(key) ?? fresh();
      cursors.set(key, cursor);
      return cursor;
    },
    atWork(key) {
      const cursor = cursors.get(key);
      return typeof cursor === "string" ? undefined : cursor;
    },
    lookUp,
    rest(key) {
      const cursor = cursors.get(key);
      if (typeof cursor !== "object") return;
      cursors.set(key, toJson(cursor.state()));
      done.add(key);
    },
    forget(key) {
      cursors.delete(key);
      done.delete(key);
    },
    oldest(isOpen) {
      for (const key of cursors.keys()) if (!isOpen(key)) return key;
      return cursors.keys().next().value as string;
    },
    *states() {
      for (const [key, cursor] of cursors)
        yield [key, typeof cursor === "string" ? dictOf(cursor) : cursor.state()] as const;
    },
  };
}

function dictOf(json: string): PyDict {
  return fromJson(json) as PyDict;
}
