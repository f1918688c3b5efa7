import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countLines } from "../../../connectors/file/json/count-lines.js";
import type { Column } from "../../../sdk/index.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import { folder, take, withSource } from "./file-source.js";

/** The rows of a file whose columns are all JSON: each value as it stands in the text. */
async function texts(name: string, content: string | Uint8Array, keys: readonly string[]) {
  const dir = await folder();
  await writeFile(join(dir, name), content);
  const columns: Column[] = keys.map((key) => ({ name: key, type: parseType("json"), nullable: true }));
  return await withSource(dir, { path: name }, async (source) => {
    const stream = { name: "t", columns, primaryKey: [], cursorFields: [], readModes: [] };
    return (await take(source, stream)).rows;
  });
}

const keys = ["id", 'naïve "key"', "", "__proto__", "a key that is longer than a word"];
const space = fc.constantFrom("", "", "", " ", "\t", "\n ");
const value = fc.oneof(
  fc.constantFrom(
    "0",
    "-1",
    "1.50",
    "1e5",
    "12345678901234567890.5",
    "true",
    "false",
    '""',
    '"a\\nb"',
    '"\\ud800"',
    '"{[,"',
  ),
  fc.constantFrom('{"a": [1, {"b": "}"}]}', "[]", "{ }", '{"b":1,"b":2}', "[[[[1.0]]]]"),
  fc.json({ maxDepth: 3 }),
);
const record = fc
  .tuple(fc.uniqueArray(fc.tuple(fc.constantFrom(...keys), value), { selector: ([key]) => key }), space)
  .map(([members, gap]) => ({
    text: `{${gap}${members.map(([key, text]) => `${JSON.stringify(key)}${gap}:${gap}${text}${gap}`).join(`,${gap}`)}}`,
    row: keys.map((key) => {
      const text = members.find(([name]) => name === key)?.[1];
      return text === undefined || text === "null" ? null : text;
    }),
  }));

describe("records of JSON", () => {
  it.each([
    ["lines", "t.jsonl", (records: string[]) => `${records.join("\n")}\n`],
    ["an array", "t.json", (records: string[]) => `[${records.join(", ")}]`],
    ["an array in a document", "t.json", (records: string[]) => `{"n":1,"rows":[{},${records.join(",\n")}],"x":[]}`],
  ])("keep the text of every value in %s", { timeout: 60_000 }, async (_what, name, document) => {
    const some = fc.array(record, { minLength: 1, maxLength: 40 });
    for (const records of fc.sample(some, 40)) {
      const rows = await texts(name, document(records.map(({ text }) => text)), keys);
      expect(rows.slice(-records.length)).toEqual(records.map(({ row }) => row));
    }
  });

  it("keep it over many pieces of a file, plain and compressed", async () => {
    const [first, ...others] = fc.sample(record, { numRuns: 500, seed: 7 });
    const many = Array.from({ length: 60 }, () => [first!, ...others]).flat();
    const text = many.map((one) => `${one.text}\n`).join("");
    expect(text.length).toBeGreaterThan(3_000_000);
    const expected = many.map(({ row }) => row);
    expect(await texts("t.jsonl", text, keys)).toEqual(expected);
    expect(await texts("t.jsonl.gz", gzipSync(text), keys)).toEqual(expected);
  });

  it("that hardly have a key in common come all the same", async () => {
    const names = Array.from({ length: 40_000 }, (_, i) => `k${i}`);
    const dir = await folder();
    await writeFile(join(dir, "t.jsonl"), names.map((key, i) => `{"${key}":${i},"same":${i}}\n`).join(""));
    const columns = [...names, "same"].map((name) => ({ name, type: parseType("int64"), nullable: true }));
    const rows = await withSource(dir, { path: "t.jsonl", json: {} }, async (source) => {
      const stream = { name: "t", columns, primaryKey: [], cursorFields: [], readModes: [] };
      return (await take(source, stream, { columns: ["k39999", "same", "k0"] })).rows;
    });
    expect(rows).toHaveLength(40_000);
    expect([rows[0], rows[7], rows[39_999]]).toEqual([
      [null, "0", "0"],
      [null, "7", null],
      ["39999", "39999", null],
    ]);
  });

  it("that are no objects are values, and an object may stand among them", async () => {
    const text = Array.from({ length: 1000 }, (_, i) =>
      i % 3 === 0 ? `{"value":${i}}` : i % 3 === 1 ? `${i}` : `[${i}]`,
    );
    const rows = await texts("t.jsonl", text.join("\n"), ["value"]);
    expect(rows).toEqual(text.map((one, i) => [i % 3 === 2 ? one : String(i)]));
  });

  it("are named by their line where one does not fit", async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `{"a":"${"x".repeat(i % 90)}"}\n\n`);
    const bad = texts("t.jsonl", [...lines, '{"b":1}\n', ...lines].join(""), ["a"]);
    await expect(bad).rejects.toMatchObject({ code: "type.mismatch", column: "b", row: "60001" });
    const broken = texts("t.jsonl", [...lines, '{"a":1,}\n', ...lines].join(""), ["a"]);
    await expect(broken).rejects.toMatchObject({ code: "file.json", row: "60001" });
  });
});

it("lines are counted", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0x0a, 0x0b, 0x8a, 0x00, 0x20), { maxLength: 40 }), fc.nat(9), (all, start) => {
      const bytes = Buffer.from(all);
      const from = Math.min(start, all.length);
      expect(countLines(bytes, from, bytes.length)).toBe(all.slice(from).filter((byte) => byte === 0x0a).length);
    }),
  );
});
