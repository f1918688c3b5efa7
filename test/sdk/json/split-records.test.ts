import fc from "fast-check";
import { expect, test } from "vitest";
import { recordSplitter } from "../../../sdk/json/split-records.js";

interface Split {
  readonly records: readonly unknown[];
  readonly rest: unknown;
  readonly lists: number;
  readonly isWhole: boolean;
  readonly portions: number;
}

function split(text: string, path: readonly string[] | undefined, chunkBytes: number, portionBytes = 1): Split {
  const splitter = recordSplitter({ path, portionBytes, mostBytes: 1_000_000, tooMuch: () => new Error("too much") });
  const bytes = Buffer.from(text);
  const portions: string[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const portion = splitter.push(bytes.subarray(at, at + chunkBytes));
    if (portion !== undefined) portions.push(portion.toString());
  }
  const last = splitter.end();
  if (last !== undefined) portions.push(last.toString());
  const { lists, isWhole } = splitter;
  const rest = isWhole ? JSON.parse(splitter.rest().toString()) : undefined;
  const records = !isWhole ? [] : portions.flatMap((portion) => JSON.parse(portion) as unknown[]);
  return { records, rest, lists, isWhole, portions: portions.length };
}

const value = fc.jsonValue({ maxDepth: 3 });
const others = fc.dictionary(
  fc.string().filter((name) => name !== "items" && name !== "data" && name !== "__proto__"),
  value,
);

test("any records come out of any document, however it is cut, and what is beside them stays with the last", () => {
  fc.assert(
    fc.property(
      fc.array(value),
      others,
      others,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(undefined, 2),
      (records, around, behind, chunkBytes, portionBytes, indent) => {
        const withList = (items: readonly unknown[]) => ({
          ...around,
          data: { ...behind, items, more: { items: [1] } },
        });
        const text = JSON.stringify(withList(records), undefined, indent);
        const found = split(text, ["data", "items"], chunkBytes, portionBytes);
        const plain = (one: unknown) => JSON.parse(JSON.stringify(one)) as unknown;
        expect(found.records).toEqual(plain(records));
        expect(found.rest).toEqual(plain(withList(records.slice(-1))));
        expect([found.lists, found.isWhole]).toEqual([1, true]);
      },
    ),
  );
});

test("a document that is a list, and the only list of a document, need no path", () => {
  for (const path of [undefined, []]) {
    expect(split(' [ {"a": 1}, {"a": "],["} ] ', path, 3)).toMatchObject({
      records: [{ a: 1 }, { a: "],[" }],
      rest: [{ a: "],[" }],
      lists: 1,
    });
  }
  const text = '{"page": {"ids": [1, 2]}, "rows": [{"b": 1}], "next": null}';
  expect(split(text, undefined, 5)).toMatchObject({ records: [{ b: 1 }], rest: { page: { ids: [1, 2] }, next: null } });
  expect(split('{"a": [1], "b": [2]}', undefined, 5).lists).toBe(2);
});

test("portions hold no more than they must", () => {
  const text = JSON.stringify({ items: Array.from({ length: 1000 }, (_, i) => ({ id: i, text: "x".repeat(80) })) });
  const { portions, records } = split(text, ["items"], 512, 4096);
  expect(records).toHaveLength(1000);
  expect(portions).toBeGreaterThan(20);
});

test("a document without its list, and one that breaks off, are told apart", () => {
  expect(split('{"data": {"item": [1]}}', ["data", "items"], 4)).toMatchObject({
    lists: 0,
    isWhole: true,
    records: [],
  });
  expect(split('{"items": {"a": [1]}}', ["items"], 4)).toMatchObject({ lists: 0, isWhole: true });
  expect(split('{"items": [{"a": 1}, {"a"', ["items"], 4).isWhole).toBe(false);
});

test("keys are compared as they are meant, escapes and all", () => {
  expect(split('{"it\\u0065ms": [1], "x": {"items": [2]}}', ["items"], 2).records).toEqual([1]);
});

test("what is longer than may be held is an error, and portions may come in a frame of their own", () => {
  const options = { path: ["a"], portionBytes: 4, mostBytes: 64, tooMuch: () => new Error("too much") };
  const long = recordSplitter(options);
  expect(() => long.push(Buffer.from(`{"a": ["${"x".repeat(80)}"`))).toThrowError("too much");
  const framed = recordSplitter({ ...options, frame: { before: '{"a":[', after: "]}" } });
  expect(framed.push(Buffer.from('{"b": 1, "a": [1, 2, {"c": 3}, 4'))?.toString()).toBe('{"a":[1, 2, {"c": 3}]}');
  expect(framed.push(Buffer.from(", 5]}"))).toBe(undefined);
  expect(framed.end()?.toString()).toBe('{"a":[ 4, 5]}');
  expect(framed.rest().toString()).toBe('{"b": 1, "a": [ 5]}');
});
