import { expect, test } from "vitest";
import { findRecords } from "../../../sdk/json/find-records.js";
import { memberOfEach, recordPage, untouchedRecords } from "../../../sdk/json/record-page.js";

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
