import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromPlain, toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import type { PyDict } from "../../../../connectors/airbyte-manifest/jinja/values/value.js";
import { globMatches } from "../../../../connectors/airbyte-manifest/value/glob.js";
import {
  deleteAt,
  deleteLeaves,
  putAt,
  replaceAt,
  valueAt,
  valuesAt,
} from "../../../../connectors/airbyte-manifest/value/paths.js";

const of = (value: unknown) => fromPlain(value) as PyDict;
const order = () =>
  of({
    id: 1,
    lines: [
      { sku: "a", n: 1 },
      { sku: "b", n: 2 },
    ],
    meta: { deep: { x: null } },
  });

describe("looking", () => {
  test.each([
    [["id"], [1]],
    [["lines", "1", "sku"], ["b"]],
    [["lines", "-1", "sku"], ["b"]],
    [
      ["lines", "*", "sku"],
      ["a", "b"],
    ],
    [["m*", "deep", "x"], [null]],
    [
      ["**", "sku"],
      ["a", "b"],
    ],
    [["lines", "7"], []],
    [["nothing", "here"], []],
  ])("%j finds %j", (path, values) => {
    expect(valuesAt(order(), path).map(toPlain)).toEqual(values);
  });

  test("one path, one value: several are an error, none is undefined", () => {
    expect(() => valueAt(order(), ["lines", "*", "sku"])).toThrow(expect.objectContaining({ code: "path.ambiguous" }));
    expect(valueAt(order(), ["no"])).toBeUndefined();
  });
});

describe("changing", () => {
  test("putting makes what is missing: lists for numbers, dicts for names", () => {
    const record = of({ a: 1 });
    putAt(record, ["b", "0", "c"], "x");
    expect(toPlain(record)).toEqual({ a: 1, b: [{ c: "x" }] });
  });

  test("nothing is put through a plain value, and no list is blown up", () => {
    expect(() => putAt(of({ a: 1 }), ["a", "b"], "x")).toThrow(expect.objectContaining({ code: "path.blocked" }));
    expect(() => putAt(of({ a: [] }), ["a", "999999999"], "x")).toThrow(
      expect.objectContaining({ code: "path.blocked" }),
    );
  });

  test("an item that is deleted keeps the places of those behind it", () => {
    const record = order();
    deleteAt(record, ["lines", "0"]);
    deleteAt(record, ["meta", "*"]);
    expect(toPlain(record)).toEqual({ id: 1, lines: [null, { sku: "b", n: 2 }], meta: {} });
  });

  test("leaves go wherever they stand", () => {
    const record = order();
    deleteLeaves(record, (value) => value === 1n || value === null);
    expect(toPlain(record)).toEqual({ lines: [{ sku: "a" }, { sku: "b", n: 2 }], meta: { deep: {} } });
  });

  test("what is put is found, and replaced only where it is", () => {
    const name = fc.stringMatching(/^[a-z_]{1,6}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), fc.string(), (path, value) => {
        const record = of({});
        expect(replaceAt(record, path, value)).toBe(0);
        putAt(record, path, value);
        expect(valueAt(record, path)).toBe(value);
        expect(replaceAt(record, path, "other")).toBe(1);
        expect(valueAt(record, path)).toBe("other");
      }),
    );
  });
});

test.each([
  ["abc", "a*", true],
  ["abc", "a?c", true],
  ["abc", "[ab]bc", true],
  ["abc", "[!a]bc", false],
  ["a.c", "a.c", true],
  ["abc", "a.c", false],
  ["a[c", "a[c", true],
  ["line\nbreak", "*k", true],
])("%j matches %j: %j", (key, pattern, matches) => {
  expect(globMatches(key, pattern)).toBe(matches);
});
