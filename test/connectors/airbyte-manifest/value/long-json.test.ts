import { expect, test } from "vitest";
import { toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { recordRow } from "../../../../connectors/airbyte-manifest/source/record-row.js";
import { isDict } from "../../../../connectors/airbyte-manifest/value/is-dict.js";
import { fromLongJson, unparsedText } from "../../../../connectors/airbyte-manifest/value/long-json.js";
import { valueAt } from "../../../../connectors/airbyte-manifest/value/paths.js";
import { rawText } from "../../../../sdk/raw-json.js";

const items = Array.from({ length: 40_000 }, (_, i) => ({ no: i, name: `the item ${i} é` }));
const document = { data: [{ id: 1 }, { id: 2, items, note: 'a\n"b"'.repeat(300_000) }], next: null };
const long = (text = JSON.stringify(document, undefined, 1)) => fromLongJson(Buffer.from(text))!;

test("a long document has the values of its text", () => {
  expect(toPlain(long())).toEqual(document);
});

test("what nobody looks into passes to a row as its text", () => {
  const [, record] = valueAt(long(), ["data"]) as Parameters<typeof recordRow>[0][];
  const row = recordRow(record!);
  expect(rawText(row.items)).toBe(JSON.stringify(items));
  expect(row).toMatchObject({ id: 2n, note: document.data[1]!.note });
  expect(unparsedText(record!.get("items")!)).toBeDefined();
});

test("what is changed in it passes as it is then", () => {
  const [, record] = valueAt(long(), ["data"]) as Parameters<typeof recordRow>[0][];
  const list = record!.get("items");
  if (!Array.isArray(list) || !isDict(list[0])) throw new Error("no list of dicts");
  list[0].set("no", 7n);
  list.length = 1;
  expect(rawText(recordRow(record!).items)).toBe('[{"no":7,"name":"the item 0 é"}]');
});

test("numbers keep their digits where a float has fewer", () => {
  const [list] = valueAt(long(`{"data":[[0.12345678901234567890,${"1,".repeat(600_000)}1]]}`), ["data"]) as [never[]];
  expect(list[1]).toBe(1n);
  const row = recordRow(long(`{"a":1.50000000000000000000001,"b":${JSON.stringify("x".repeat(2e6))}}`) as never);
  expect(rawText(row.a)).toBe("1.50000000000000000000001");
});

test("text that is no JSON to every reader is left to others", () => {
  expect(fromLongJson(Buffer.from('{"a":NaN}'))).toBeUndefined();
  expect(fromLongJson(Buffer.from('{"a":1'))).toBeUndefined();
  expect(fromLongJson(Buffer.from('{"a":1} 2'))).toBeUndefined();
});
