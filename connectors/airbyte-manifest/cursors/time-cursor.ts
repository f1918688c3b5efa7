import { ConfigError } from "../../../sdk/errors.js";
import { instant } from "../jinja/time/arithmetic.js";
import { utc } from "../jinja/time/zone.js";
import { pyDict } from "../jinja/values/dict.js";
import { str } from "../jinja/values/text.js";
import type { PyDateTime, PyDict } from "../jinja/values/value.js";
import { type Component, child, field, parametersOf, requiredText, text, texts } from "../load/fields.js";
import type { Runtime } from "../runtime.js";
import { durationOf } from "../value/duration.js";
import { type Clamping, createClamping } from "./clamping.js";
import type { Scale } from "./cursor.js";
import { minMaxDatetime } from "./min-max-datetime.js";
import { createRangeCursor, type RangeCursor } from "./range-cursor.js";
import { shifted, type TimeStep, timeScale } from "./time-scale.js";

/** What a DatetimeBasedCursor says, evaluated once for a stream. */
export interface TimeCursorPlan {
  readonly cursorField: string;
  readonly scale: Scale<PyDateTime>;
  readonly boundaries: readonly [string, string];
  /** A cursor that goes on from a saved state; `lookbackSeconds` further back than it says. */
  open(saved: PyDict, lookbackSeconds?: number): RangeCursor;
}

export interface TimeCursorChoices {
  /** The cursor field that the user chose, where the manifest lets them. */
  readonly field?: string | undefined;
  /** How much further back than the manifest says the user wants to read again. */
  readonly lookbackSeconds?: number | undefined;
}

/** @throws ConfigError `manifest.cursor` where step and cursor_granularity do not stand together, and for malformed times */
export function planTimeCursor(
  component: Component,
  runtime: Runtime,
  choices: TimeCursorChoices = {},
): TimeCursorPlan {
  const { templates } = runtime;
  const parameters = parametersOf(component);
  const evaluated = (name: string) => {
    const template = text(component, name);
    return template === undefined || template === "" ? undefined : templates.text(template, parameters);
  };
  const cursorField = choices.field ?? templates.text(requiredText(component, "cursor_field"), parameters);
  const format = requiredText(component, "datetime_format");
  const granularity = optionalDuration(text(component, "cursor_granularity"));
  if ((text(component, "step") === undefined) !== (granularity === undefined)) {
    throw new ConfigError(
      "manifest.cursor",
      `the cursor '${cursorField}' of the manifest has only one of step and cursor_granularity`,
    );
  }
  const lookback = optionalDuration(evaluated("lookback_window"));
  const step = optionalDuration(evaluated("step"));
  const scale = timeScale(format, texts(component, "cursor_datetime_formats") ?? [], granularity);
  const boundaries = [
    evaluated("partition_field_start") ?? "start_time",
    evaluated("partition_field_end") ?? "end_time",
  ] as const;
  /** Evaluated when a cursor is opened: a stream of partitions that has none never needs it. */
  const startTime = () => minMaxDatetime(field(component, "start_datetime") ?? null, templates, parameters, format);
  const ending = field(component, "end_datetime");
  const clamping = clampingOf(component, runtime);
  const lastValue = (): PyDateTime => {
    const end = ending === undefined ? now(runtime) : minMaxDatetime(ending, templates, parameters, format);
    if (clamping === undefined) return end;
    return shifted(clamping.down(end), granularity ?? clamping.granularity, -1) ?? end;
  };
  const earlier = (time: PyDateTime, start: PyDateTime): PyDateTime =>
    lookback === undefined ? time : (shifted(time, lookback, -1) ?? start);
  /** A time as a state would have it: its format may know days only. */
  const timeAt = (place: bigint): PyDateTime => scale.parse(scale.write({ kind: "datetime", wall: place, zone: utc }));
  return {
    cursorField,
    scale,
    boundaries,
    open(saved, lookbackSeconds = 0) {
      const start = startTime();
      return createRangeCursor(
        {
          scale,
          cursorField,
          start,
          end: lastValue,
          step: (time) => (step === undefined ? undefined : shifted(time, step, 1)),
          lookback: (time) => earlier(time, start),
          rereadFrom: (place) => instant(earlier(timeAt(place), start)),
          granularity:
            granularity === undefined
              ? undefined
              : {
                  before: (time) => shifted(time, granularity, -1) ?? time,
                  after: (time) => shifted(time, granularity, 1) ?? time,
                },
          clamp: clamping?.up ?? ((time) => time),
          boundaries,
        },
        moved(saved, cursorField, lookbackSeconds + (choices.lookbackSeconds ?? 0), scale),
      );
    },
  };
}

function moved(saved: PyDict, cursorField: string, seconds: number, scale: Scale<PyDateTime>): PyDict {
  const value = saved.get(cursorField);
  if (seconds === 0 || value === undefined || value === null || value === "") return saved;
  const back = { kind: "timedelta", microseconds: BigInt(seconds) * 1_000_000n } as const;
  const earlier = shifted(scale.parse(value), back, -1);
  if (earlier === undefined) return saved;
  const state = pyDict(saved);
  state.set(cursorField, scale.write(earlier));
  return state;
}

function now({ clock }: Runtime): PyDateTime {
  return { kind: "datetime", wall: BigInt(Math.round(clock() * 1000)), zone: utc };
}

function optionalDuration(value: string | undefined): TimeStep | undefined {
  return value === undefined || value === "" ? undefined : durationOf(value);
}

function clampingOf(
  component: Component,
  { templates }: Runtime,
): (Clamping & { readonly granularity: TimeStep }) | undefined {
  const clamping = child(component, "clamping");
  if (clamping === undefined) return undefined;
  const target = templates.text(requiredText(clamping, "target"), parametersOf(component));
  const details = child(clamping, "target_details");
  const created = createClamping(target, details === undefined ? undefined : str(details.get("weekday") ?? null));
  const seconds = target === "DAY" ? 1n : 86_400n;
  return { ...created, granularity: { kind: "timedelta", microseconds: seconds * 1_000_000n } };
}
