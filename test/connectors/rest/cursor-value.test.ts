import fc from "fast-check";
import { expect, test } from "vitest";
import { compareCursors, writtenSince, writtenTime } from "../../../connectors/rest/cursor-value.js";

const day = 86_400_000;
const cursor = { field: "at", granularity: 1000, order: "any" } as const;

test.each([
  ["2024-03-01T00:00:00+01:00", "as_is", 0, "2024-03-01T00:00:00+01:00"],
  ["2024-03-01T00:00:00Z", "as_is", day, "2024-02-29T00:00:00Z"],
  ["2024-03-01T00:00:00Z", "unix", day, Date.UTC(2024, 1, 29) / 1000],
  [1709251200, "unix", 0, 1709251200],
  [1709251200123, "unix_ms", 0, 1709251200123],
  ["2024-03-01T05:00:00Z", "date", 0, "2024-03-01"],
  [42, "as_is", 2, 40],
] as const)("%s is written %s, %d before, as %s", (value, format, lookback, written) => {
  expect(writtenSince(value, { ...cursor, format }, lookback)).toBe(written);
});

test("a cursor that is no time has no lookback", () => {
  expect(() => writtenSince("token", { ...cursor, format: "as_is" }, day)).toThrow(
    expect.objectContaining({ code: "rest.cursor_no_time" }),
  );
});

test("times are compared as times, whatever zone they are written in", () => {
  expect(compareCursors("2024-01-01T00:00:00+02:00", "2023-12-31T23:00:00Z")).toBeLessThan(0);
  const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
  fc.assert(
    fc.property(time, time, (a, b) => {
      expect(Math.sign(compareCursors(writtenTime(a, "unix_ms"), writtenTime(b, "unix_ms")))).toBe(Math.sign(a - b));
      expect(Math.sign(compareCursors(writtenTime(a, "iso"), writtenTime(b, "iso")))).toBe(Math.sign(a - b));
    }),
  );
});
