import fc from "fast-check";
import { expect, test } from "vitest";
import { findRecords } from "../../../sdk/json/find-records.js";
import { memberOfEach, recordPage, untouchedRecords } from "../../../sdk/json/record-page.js";
import { parseJson } from "../../../sdk/parse-json.js";

const list = [
  { id: 1, name: "one" },
  { id: 2, name: "two", more: [1] },
  { id: 3, name: "three" },
];

function pageOf(records: readonly object[] = list) {
  return recordPage(findRecords(Buffer.from(JSON.stringify(records)), undefined)!.records);
}

test("a page is an array to whoever looks at it", () => {
  expect(Array.isArray(pageOf())).toBe(true);
  expect(pageOf()).toHaveLength(3);
  expect(pageOf()).toEqual(list);
  expect([...pageOf()]).toEqual(list);
  expect(pageOf()[1]).toEqual(list[1]);
  expect(pageOf().map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(([] as unknown[]).concat(pageOf())).toEqual(list);
  expect(JSON.stringify(pageOf())).toBe(JSON.stringify(list));
  expect(2 in pageOf()).toBe(true);
  expect(Object.keys(pageOf())).toEqual(["0", "1", "2"]);
  expect(pageOf([])).toEqual([]);
});

test("one record taken is the same object whenever it is looked at", () => {
  const page = pageOf();
  const last = page.at(-1)!;
  expect(last).toEqual(list[2]);
  expect(page.at(2)).toBe(last);
  expect(page[2]).toBe(last);
  expect(page.at(-4)).toBeUndefined();
  expect(page.at(3)).toBeUndefined();
});

test("a page counts as untouched until a record of it is out", () => {
  const page = pageOf();
  expect(page).toHaveLength(3);
  expect(memberOfEach(page, "more")).toEqual([undefined, [1], undefined]);
  expect(untouchedRecords(page)).toBeDefined();
  page.at(0);
  expect(untouchedRecords(page)).toBeUndefined();
  const other = pageOf();
  for (const _ of other);
  expect(untouchedRecords(other)).toBeUndefined();
  expect(memberOfEach(other, "id")).toEqual([1, 2, 3]);
  expect(untouchedRecords(list)).toBeUndefined();
});

test("what its user changes in a page stays changed", () => {
  const page = pageOf() as { id: number }[];
  page[0]!.id = 10;
  page.push({ id: 4 });
  page.reverse();
  expect(page.map(({ id }) => id)).toEqual([4, 3, 2, 10]);
});

test("records keep every digit, and are what the whole list parsed is", () => {
  const numbers = fc.oneof(
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
    fc.stringMatching(/^(0|[1-9]\d{0,20})(\.\d{1,20})?([eE][+-]?\d{1,2})?$/),
  );
  const value = fc.oneof(
    numbers,
    numbers.map((n) => `[${n}, {"n":-${n.replace("-", "")}}]`),
    numbers.map((n) => `"${n}"`),
  );
  const record = fc
    .array(fc.tuple(fc.constantFrom("a", "b", "__proto__", "1"), value), { maxLength: 4 })
    .map((members) => `{${members.map(([key, text]) => `"${key}":${text}`).join(",")}}`);
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), (records) => {
      const text = `[${records.join(",")}]`;
      expect([...recordPage(findRecords(Buffer.from(text), undefined)!.records)]).toEqual(parseJson(text));
    }),
  );
});
