import fc from "fast-check";
import { expect, test } from "vitest";
import { keyFilters } from "../../../core/repair/key-filters.js";
import type { Predicate } from "../../../sdk/source.js";

type Key = (string | null)[];

function holds({ column, operator, values }: Predicate, key: Key): boolean {
  const value = key[Number(column)] ?? null;
  return operator === "is_null" ? value === null : value !== null && values.includes(value);
}

test("filters select each key once, and no other", () => {
  const part = fc.option(fc.constantFrom("a", "b", "c"));
  const keysOf = (width: number) =>
    fc.uniqueArray(fc.array(part, { minLength: width, maxLength: width }), { selector: (key) => JSON.stringify(key) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }).chain((width) => fc.tuple(fc.constant(width), keysOf(width), keysOf(width))),
      ([width, wanted, others]) => {
        const columns = Array.from({ length: width }, (_, i) => String(i));
        const filters = [...keyFilters(columns, wanted)];
        const names = new Set(wanted.map((key) => JSON.stringify(key)));
        for (const key of [...wanted, ...others]) {
          const times = filters.filter((filter) => filter.every((predicate) => holds(predicate, key))).length;
          expect(times).toBe(names.has(JSON.stringify(key)) ? 1 : 0);
        }
      },
    ),
  );
});

test("a filter names 500 values at most", () => {
  const keys = Array.from({ length: 1200 }, (_, i) => [String(i)]);
  expect([...keyFilters(["id"], keys)].map(([predicate]) => predicate!.values.length)).toEqual([500, 500, 200]);
});
