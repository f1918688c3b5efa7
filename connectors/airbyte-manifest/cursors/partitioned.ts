import type { Log } from "../../../sdk/context.js";
import { fromJson } from "../jinja/json.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import type { Router } from "../partitions/router.js";
import { pythonJson } from "../requests/python-json.js";
import type { Slice } from "../slices/slice.js";
import { copyOf } from "../value/copy.js";
import { isDict } from "../value/is-dict.js";
import type { Cursor } from "./cursor.js";
import { keptCursors } from "./kept-cursors.js";
import { createParentProgress } from "./parent-progress.js";
import type { RangeCursor } from "./range-cursor.js";
import type { TimeCursorPlan } from "./time-cursor.js";

export interface PartitionedOptions {
  readonly plan: TimeCursorPlan;
  readonly router: Router;
  readonly saved: PyDict;
  /** One cursor for all partitions from the beginning. */
  readonly global: boolean;
  readonly clock: () => number;
  readonly log: Log;
}

/** Above this many partitions their states would outgrow what they are good for: one cursor serves all. */
const globalAbove = 10_000;
const mostKept = 25_000;
/** A state that lists all partitions is large: it is saved once in so many seconds. */
const secondsBetweenStates = 600;

/** A cursor for each partition, and one for all of them that new partitions begin from. */
export function partitionedCursor({ plan, router, saved, global, clock, log }: PartitionedOptions): Cursor {
  const { cursorField, scale } = plan;
  const cursors = keptCursors(plan);
  /** Slices made and not closed yet, by partition that is still at work. */
  const open = new Map<string, number>();
  const generated = new Set<string>();
  const parents = createParentProgress();
  let opened: RangeCursor | undefined;
  /** Knows where records stand, whatever their partition. */
  const places = () => {
    opened ??= plan.open(pyDict());
    return opened;
  };
  let useGlobal = global;
  let globalState: PyDict | undefined;
  let nextGlobal: string | undefined;
  let lookbackSeconds = 0;
  let parentState: PyValue | undefined;
  let partitions = 0;
  let sawRecords = false;
  let lastState = Number.NEGATIVE_INFINITY;
  let started = 0;
  restore();

  function restore(): void {
    if (saved.size === 0) return;
    const states = saved.get("states");
    const overall = saved.get("state");
    if (states === undefined && overall === undefined) setGlobal(saved);
    else {
      useGlobal = saved.get("use_global_cursor") === true;
      lookbackSeconds = Math.trunc(Number(saved.get("lookback_window") ?? 0n));
      for (const state of Array.isArray(states) ? states : []) {
        if (!isDict(state)) continue;
        const cursor = state.get("cursor");
        cursors.restore(keyOf(state.get("partition") ?? null), isDict(cursor) ? cursor : pyDict());
        partitions += 1;
      }
      if (isDict(overall)) setGlobal(overall);
    }
    const parent = saved.get("parent_state");
    if (isDict(parent) && parent.size > 0) parentState = parent;
  }

  function setGlobal(state: PyDict): void {
    const value = state.get(cursorField);
    if (value === undefined) return;
    const written = scale.write(scale.parse(value));
    globalState = pyDict([[cursorField, written]]);
    nextGlobal = str(written);
  }

  function fresh(): RangeCursor {
    return plan.open(pyDict(globalState ?? []), globalState === undefined ? 0 : lookbackSeconds);
  }

  function noteGlobal(value: PyValue): void {
    const text = str(value);
    if (nextGlobal === undefined || nextGlobal < text) nextGlobal = text;
  }

  function makeRoom(): void {
    if (!useGlobal && partitions > globalAbove) {
      useGlobal = true;
      log("info", `more than ${globalAbove} partitions: one cursor serves all from now on`);
    }
    while (cursors.size > mostKept - 1) {
      cursors.forget(cursors.oldest((key) => open.has(key)));
    }
  }

  function* slicesOf(partition: Slice): Generator<Slice, void> {
    makeRoom();
    const key = keyOf(partition.partition);
    if (open.has(key) || cursors.isDone(key)) {
      log("warn", "two partitions are the same: the second is left out");
      return;
    }
    if (!cursors.has(key)) partitions += 1;
    const cursor = cursors.wake(key, fresh);
    open.set(key, 0);
    parents.begin(key, () => router.state());
    const ranges = [...cursor.ranges()];
    for (const [i, range] of ranges.entries()) {
      open.set(key, (open.get(key) ?? 0) + 1);
      if (i === ranges.length - 1) generated.add(key);
      yield { partition: partition.partition, cursor: range, extraFields: partition.extraFields };
    }
  }

  function state(): PyDict {
    const result = pyDict([["use_global_cursor", useGlobal]]);
    if (!useGlobal) {
      const states: PyValue[] = [];
      for (const [key, own] of cursors.states()) {
        if (own.size === 0) continue;
        const partition = ["partition", fromJson(key)] as const;
        states.push(pyDict([partition, ["cursor", own]]));
      }
      result.set("states", states);
    }
    if (globalState !== undefined) result.set("state", globalState);
    result.set("lookback_window", BigInt(lookbackSeconds));
    if (parentState !== undefined) result.set("parent_state", parentState);
    return result;
  }

  return {
    field: cursorField,
    async *slices() {
      started = clock();
      for await (const partition of router.slices()) yield* slicesOf(partition);
    },
    observe(record, slice) {
      const value = record.get(cursorField);
      if (value === undefined || value === null) return;
      let written: PyValue;
      try {
        written = scale.write(scale.parse(value));
      } catch {
        return;
      }
      sawRecords = true;
      noteGlobal(written);
      if (!useGlobal) cursors.atWork(keyOf(slice.partition))?.observe(record, slice);
    },
    close(slice) {
      const key = keyOf(slice.partition);
      const left = (open.get(key) ?? 1) - 1;
      open.set(key, left);
      const done = generated.has(key) && left === 0;
      if (!useGlobal) {
        const own = cursors.atWork(key)?.close(slice);
        if (done && own !== undefined) noteGlobal(own.get(cursorField) ?? null);
      }
      if (done) {
        // Where one cursor serves all, nothing of a partition is saved.
        if (useGlobal) cursors.forget(key);
        else cursors.rest(key);
        open.delete(key);
        generated.delete(key);
        parents.end(key);
      }
      parentState = parents.closed() ?? parentState;
      const seconds = clock() / 1000;
      if (seconds - lastState <= secondsBetweenStates) return undefined;
      lastState = seconds;
      if (useGlobal && !(isDict(parentState) && parentState.size > 0)) return undefined;
      return state();
    },
    finish() {
      if (![...open.values()].some((slices) => slices > 0)) {
        if (sawRecords) {
          globalState = nextGlobal === undefined ? undefined : pyDict([[cursorField, nextGlobal]]);
          lookbackSeconds = Math.ceil((clock() - started) / 1000);
        }
        const parent = router.state();
        parentState = parent === undefined ? undefined : copyOf(parent);
      }
      return state();
    },
    state,
    includes: (record, slice) =>
      (useGlobal ? fresh() : (cursors.lookUp(keyOf(slice.partition)) ?? fresh())).includes(record, slice),
    placeOf: (record) => places().placeOf(record),
    rereadFrom: (place) => places().rereadFrom(place),
    follow: () => plan.open(pyDict()).follow(),
  };
}

function keyOf(partition: PyValue): string {
  return pythonJson(partition, { sortedKeys: true });
}
