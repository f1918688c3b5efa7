import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planTimeCursor } from "../../../../connectors/airbyte-manifest/cursors/time-cursor.js";
import { toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import type { PyDict } from "../../../../connectors/airbyte-manifest/jinja/values/value.js";
import type { Slice } from "../../../../connectors/airbyte-manifest/slices/slice.js";
import { fakeRuntime, of } from "../fake-runtime.js";

const runtime = fakeRuntime();

function plan(given: object = {}) {
  const usual = { cursor_field: "at", datetime_format: "%Y-%m-%d", start_datetime: "2024-01-01" };
  return planTimeCursor(of({ type: "DatetimeBasedCursor", ...usual, ...given }), runtime);
}

const ranges = (given: object, state: object = {}) =>
  [...plan(given).open(of(state)).ranges()].map((range) => Object.values(toPlain(range) as object));
const slice = (cursor: PyDict): Slice => ({ partition: of({}), cursor, extraFields: of({}) });

describe("a start", () => {
  const wrong = { start_datetime: "{{ config['start'] }}" };

  test("is asked for when a cursor is opened, and its fault told then", () => {
    const made = plan(wrong);
    expect(made.cursorField).toBe("at");
    expect(() => made.open(of({}))).toThrow(expect.objectContaining({ kind: "config", code: "manifest.datetime" }));
  });

  test("is that of the moment at which each cursor is opened", async () => {
    const later = fakeRuntime();
    const moving = { cursor_field: "at", datetime_format: "%Y-%m-%d", start_datetime: "{{ today_utc() }}" };
    const made = planTimeCursor(of({ type: "DatetimeBasedCursor", ...moving }), later);
    expect(toPlain(made.open(of({})).state())).toEqual({ at: "2024-03-10" });
    await later.pause(86_400);
    expect(toPlain(made.open(of({})).state())).toEqual({ at: "2024-03-11" });
  });
});

describe("slices", () => {
  test("one, from the start to now, where there is no step", () => {
    expect(ranges({})).toEqual([["2024-01-01", "2024-03-10"]]);
  });

  test("months, each ending a day before the next begins; the last ends now", () => {
    expect(ranges({ step: "P1M", cursor_granularity: "P1D" })).toEqual([
      ["2024-01-01", "2024-01-31"],
      ["2024-02-01", "2024-02-29"],
      ["2024-03-01", "2024-03-10"],
    ]);
  });

  test("begin at the state, and a lookback before it, though never before the start", () => {
    expect(ranges({}, { at: "2024-02-10" })).toEqual([["2024-02-10", "2024-03-10"]]);
    expect(ranges({ lookback_window: "P3D" }, { at: "2024-02-10" })).toEqual([["2024-02-07", "2024-03-10"]]);
    expect(ranges({ lookback_window: "P1Y" }, { at: "2024-02-10" })).toEqual([["2024-01-01", "2024-03-10"]]);
  });

  test("fill the gaps of a state that has some", () => {
    const state = {
      state_type: "date-range",
      slices: [
        { start: "2024-01-01", end: "2024-01-10" },
        { start: "2024-02-01", end: "2024-03-01" },
      ],
    };
    expect(ranges({}, state)).toEqual([
      ["2024-01-10", "2024-02-01"],
      ["2024-03-01", "2024-03-10"],
    ]);
  });

  test("leave no day out and read none twice", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (days) => {
        const found = ranges({ step: `P${days}D`, cursor_granularity: "P1D" }) as [string, string][];
        const day = (text: string) => Date.parse(text) / 86_400_000;
        expect([found[0]?.[0], found.at(-1)?.[1]]).toEqual(["2024-01-01", "2024-03-10"]);
        for (const [i, [start]] of found.entries())
          if (i > 0) expect(day(start)).toBe(day(found[i - 1]?.[1] ?? "") + 1);
      }),
    );
  });

  test.each([
    ["step without granularity", { step: "P1D" }],
    ["granularity without step", { cursor_granularity: "P1D" }],
  ])("a %s is refused", (_, given) => {
    expect(() => plan(given)).toThrow(expect.objectContaining({ code: "manifest.cursor" }));
  });
});

describe("the state", () => {
  test("is the newest value of what was read without a gap, written in the cursor's format", () => {
    const cursor = plan({
      step: "P1M",
      cursor_granularity: "P1D",
      cursor_datetime_formats: ["%Y-%m-%dT%H:%M:%SZ"],
    }).open(of({}));
    const [first, second, third] = [...cursor.ranges()].map(slice) as [Slice, Slice, Slice];
    cursor.observe(of({ at: "2024-01-20T10:00:00Z" }), first);
    cursor.observe(of({ at: "2024-03-02" }), third);
    expect(toPlain(cursor.close(third) as PyDict)).toEqual({ at: "2024-01-01" });
    expect(toPlain(cursor.close(first) as PyDict)).toEqual({ at: "2024-01-20" });
    expect(toPlain(cursor.close(second) as PyDict)).toEqual({ at: "2024-03-02" });
  });

  test("keeps what it does not understand, and passes over records without a time", () => {
    const cursor = plan().open(of({ at: "2024-02-01", other: 5 }));
    const [only] = [...cursor.ranges()].map(slice) as [Slice];
    cursor.observe(of({ at: "yesterday" }), only);
    cursor.observe(of({}), only);
    expect(toPlain(cursor.close(only) as PyDict)).toEqual({ at: "2024-02-01", other: 5 });
  });

  test.each([
    ["%s", "2024-02-01T00:00:01Z", "1706745601"],
    ["%ms", "2024-02-01T00:00:01Z", "1706745601000"],
    ["%epoch_microseconds", "2024-02-01T00:00:01Z", "1706745601000000"],
    ["%s_as_float", "2024-02-01T00:00:01Z", "1706745601.0"],
    ["%Y-%m-%dT%H:%M:%S.%_msZ", "2024-02-01T00:00:01Z", "2024-02-01T00:00:01.000Z"],
  ])("in the format %s", (format, value, written) => {
    const start = { type: "MinMaxDatetime", datetime: "2024-01-01", datetime_format: "%Y-%m-%d" };
    const cursor = plan({
      datetime_format: format,
      cursor_datetime_formats: ["%Y-%m-%dT%H:%M:%SZ"],
      start_datetime: start,
    }).open(of({}));
    const [only] = [...cursor.ranges()].map(slice) as [Slice];
    cursor.observe(of({ at: value }), only);
    expect(cursor.close(only)?.get("at")).toBe(written);
  });
});
