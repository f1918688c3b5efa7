import { ConfigError } from "../../../sdk/errors.js";
import { planTimeCursor, type TimeCursorPlan } from "../cursors/time-cursor.js";
import { compareTimes, shifted } from "../cursors/time-scale.js";
import { utc } from "../jinja/time/zone.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDateTime, PyDict } from "../jinja/values/value.js";
import { type Component, child, parametersOf, requiredChild, requiredText, text } from "../load/fields.js";
import type { Runtime } from "../runtime.js";
import { durationOf } from "../value/duration.js";
import { isDict } from "../value/is-dict.js";

/**
 * What a StateDelegatingStream comes to: one stream for the first read, another from a state on, unless the state is older
 * than the API remembers.
 */
export function delegatedStream(
  component: Component,
  state: PyDict,
  runtime: Runtime,
): { readonly stream: Component; readonly state: PyDict } {
  const name = requiredText(component, "name");
  const full = requiredChild(component, "full_refresh_stream");
  const incremental = requiredChild(component, "incremental_stream");
  if (text(full, "name") !== name || text(incremental, "name") !== name) {
    throw new ConfigError(
      "manifest.stream",
      `the two streams of the StateDelegatingStream '${name}' must have its name`,
    );
  }
  if (state.size === 0) return { stream: full, state };
  const template = text(component, "api_retention_period");
  const retention = template === undefined ? "" : runtime.templates.text(template, parametersOf(component));
  if (retention !== "" && isTooOld(state, [full, incremental], retention, runtime)) {
    runtime.log(
      "warn",
      `stream '${name}' is read whole again: its state is older than the API remembers (${retention})`,
    );
    return { stream: full, state: pyDict() };
  }
  return { stream: incremental, state };
}

function isTooOld(state: PyDict, streams: readonly Component[], retention: string, runtime: Runtime): boolean {
  const now: PyDateTime = { kind: "datetime", wall: BigInt(Math.round(runtime.clock() * 1000)), zone: utc };
  const oldest = shifted(now, durationOf(retention), -1);
  if (oldest === undefined) return false;
  for (const stream of streams) {
    const sync = child(stream, "incremental_sync");
    // That a stream without a cursor was read whole says nothing of its age.
    if (sync === undefined && state.get("__ab_no_cursor_state_message") === true) return false;
    const time = sync === undefined ? undefined : timeIn(state, planTimeCursor(sync, runtime));
    if (time !== undefined) return compareTimes(time, oldest) < 0;
  }
  return true;
}

function timeIn(state: PyDict, { cursorField, scale }: TimeCursorPlan): PyDateTime | undefined {
  const overall = state.get("state");
  const value = (isDict(overall) ? overall : state).get(cursorField);
  try {
    return value === undefined || value === null ? undefined : scale.parse(value);
  } catch {
    return undefined;
  }
}
