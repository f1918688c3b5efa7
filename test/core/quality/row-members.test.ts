import fc from "fast-check";
import { expect, test } from "vitest";
import { rowMembers } from "../../../core/quality/row-members.js";

test("a row's members are its texts as they stand", () => {
  const text = '{"a":1.10,"b":{"x": [1,"}"]},"c\\"":"q\\\\","d":[],"e":null}';
  expect([...rowMembers(text)]).toEqual([
    ["a", "1.10"],
    ["b", '{"x": [1,"}"]}'],
    ['c"', '"q\\\\"'],
    ["d", "[]"],
    ["e", "null"],
  ]);
  expect(rowMembers("{}").size).toBe(0);
});

test("every object comes apart into the texts of its members", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), (row) => {
      const members = rowMembers(JSON.stringify(row));
      expect([...members]).toEqual(Object.entries(row).map(([key, value]) => [key, JSON.stringify(value)]));
    }),
  );
});
