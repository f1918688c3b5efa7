import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { windowSlices } from "../../../core/backfill/window.js";
import { parseType } from "../../../sdk/schema/column-type.js";

function cursor(type: string) {
  return { name: "at", type: parseType(type), nullable: true };
}

function texts(type: string, from: string, to: string, most: number): string[] {
  return windowSlices(cursor(type), { from, to }, most).map((slice) =>
    slice.map(({ values }) => values[0]).join(" … "),
  );
}

describe("a window of a cursor", () => {
  test("is cut into equal parts of time, each from its first value to before its last", () => {
    expect(texts("date", "2026-01-01", "2026-01-05", 2)).toEqual([
      "2026-01-01 … 2026-01-03",
      "2026-01-03 … 2026-01-05",
    ]);
    expect(texts("timestamp", "2026-01-01", "2026-01-01T12:00:00+02", 2)).toEqual([
      "2026-01-01 00:00:00.000+00 … 2026-01-01 05:00:00.000+00",
      "2026-01-01 05:00:00.000+00 … 2026-01-01 10:00:00.000+00",
    ]);
    expect(texts("datetime", "2026-01-01 06:30", "2026-01-01 07:30", 1)).toEqual([
      "2026-01-01 06:30:00.000 … 2026-01-01 07:30:00.000",
    ]);
  });

  test("has as many slices as it has values at most, and covers every one of them once", () => {
    fc.assert(
      fc.property(
        fc.bigInt(-1000n, 1000n),
        fc.bigInt(1n, 50n),
        fc.integer({ min: 1, max: 8 }),
        (from, length, most) => {
          const slices = windowSlices(cursor("int64"), { from: String(from), to: String(from + length) }, most);
          const values = slices.flatMap(([low, high]) => {
            const [first, end] = [Number(low!.values[0]), Number(high!.values[0])];
            return Array.from({ length: end - first }, (_, i) => first + i);
          });
          expect(values).toEqual(Array.from({ length: Number(length) }, (_, i) => Number(from) + i));
          expect(slices.length).toBe(Math.min(most, Number(length)));
        },
      ),
    );
  });

  test("stays whole where its values cannot be divided", () => {
    expect(texts("string", "a", "b", 4)).toEqual(["a … b"]);
  });

  test("is refused where it is empty or no value of the cursor", () => {
    expect(() => texts("int64", "5", "5", 2)).toThrow("the window is empty: 5 is not before 5");
    expect(() => texts("timestamp", "yesterday", "2026-01-01", 2)).toThrow(
      "'yesterday' is no value of the cursor 'at'",
    );
  });
});
