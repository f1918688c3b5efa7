import { expect, test } from "vitest";
import { linesOf } from "../../../sdk/child/lines.js";
import { parseLine } from "../../../sdk/child/parse-line.js";
import { rawText } from "../../../sdk/raw-json.js";

const items = Array.from({ length: 200_000 }, (_, i) => ({ no: i }));
const record = { id: 2, items, text: 'a "long" one\n'.repeat(200_000), short: [1, { a: null }] };

function lineOf(message: unknown): Buffer {
  return Buffer.from(JSON.stringify(message, undefined, 1).replaceAll("\n", " "));
}

test("of a long message, long lists and objects of the record stay text without white space", () => {
  const parsed = parseLine(lineOf({ type: "RECORD", record }), ["record"]) as { record: typeof record };
  expect(rawText(parsed.record.items)).toBe(JSON.stringify(items));
  expect({ ...parsed, record: { ...parsed.record, items } }).toEqual({ type: "RECORD", record });
});

test("what is long elsewhere in a message is parsed", () => {
  const message = { type: "STATE", value: { items } };
  expect(parseLine(lineOf(message), ["record"])).toEqual(message);
});

test("numbers keep their digits, and a key that comes twice has its last value", () => {
  const line = Buffer.from(`{"record":{"a":1,"n":12345678901234567890,"a":2,"__proto__":3}}`);
  const { record: read } = parseLine(line, ["record"]) as { record: Record<string, unknown> };
  expect(rawText(read.n)).toBe("12345678901234567890");
  expect(Object.entries(read).filter(([key]) => key !== "n")).toEqual([
    ["a", 2],
    ["__proto__", 3],
  ]);
});

test("a line that is no JSON is refused as the parser does it", () => {
  expect(() => parseLine(Buffer.from('{"record":{"a":1}'), ["record"])).toThrow(SyntaxError);
});

test("lines come as text, long ones as bytes, wherever the bytes are cut", async () => {
  const long = "é".repeat(600_000);
  const bytes = Buffer.from(`first\n${long}\n\nlast`);
  for (const size of [50_001, 5_000_000]) {
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const found = [];
    for await (const lines of linesOf(chunks())) found.push(...lines);
    expect(found.map(String)).toEqual(["first", long, "", "last"]);
    if (size < bytes.length) expect(found[1]).toBeInstanceOf(Buffer);
  }
});
