import { expect, test } from "vitest";
import { anyStep, parseAround } from "../../../sdk/json/parse-around.js";
import { rawText } from "../../../sdk/raw-json.js";

const items = Array.from({ length: 200_000 }, (_, i) => ({ no: i }));
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

test("what is long in a record of a list stays text, and nothing else does", () => {
  const record = { id: 2, items, short: [1] };
  const text = { next: { page: 2, keys: items }, data: { rows: [record] } };
  const parsed = parseAround(bytesOf(text), ["data", "rows", anyStep]) as typeof text;
  expect(rawText(parsed.data.rows[0]!.items)).toBe(JSON.stringify(items));
  expect(parsed.data.rows[0]).toMatchObject({ id: 2, short: [1] });
  expect(parsed.next).toEqual(text.next);
});

test("a list may be anywhere in the document, or be it", () => {
  const of = (value: unknown, path: Parameters<typeof parseAround>[1]) => parseAround(bytesOf(value), path);
  const [inObject] = (of({ a: 1, rows: [{ items }] }, [anyStep, anyStep]) as { rows: { items: unknown }[] }).rows;
  const [alone] = of([{ items }], [anyStep]) as { items: unknown }[];
  for (const record of [inObject, alone]) expect(rawText(record!.items)).toBe(JSON.stringify(items));
});

test("text that is no JSON, or has something behind it, is refused", () => {
  expect(() => parseAround(Buffer.from('{"a":[1}'), [])).toThrow(SyntaxError);
  expect(() => parseAround(Buffer.from("[] 1"), [])).toThrow(SyntaxError);
  expect(parseAround(Buffer.from(" 1 "), [])).toBe(1);
});
