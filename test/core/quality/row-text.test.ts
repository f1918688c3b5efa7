import { expect, it } from "vitest";
import { rowTexts } from "../../../core/quality/row-text.js";
import { pack } from "../../../sdk/batch/pack.js";
import { rawJson } from "../../../sdk/raw-json.js";
import { type ColumnType, decimal, list, scalar } from "../../../sdk/schema/column-type.js";

it("a row is one JSON object: digits as they are, documents as they stand, everything else as its text", () => {
  const values: [string, ColumnType, unknown, string][] = [
    ["yes", scalar("boolean"), true, "true"],
    ["many", scalar("int64"), 2n ** 63n - 1n, "9223372036854775807"],
    ["price", decimal(38, 10), "1234567890123456789012345678.0000000001", "1234567890123456789012345678.0000000001"],
    ["part", scalar("float64"), 0.1, "0.1"],
    ["odd", scalar("float64"), Number.NaN, '"NaN"'],
    ["endless", scalar("float32"), Number.NEGATIVE_INFINITY, '"-infinity"'],
    ['a "b"', scalar("string"), 'say "ü"\n', '"say \\"ü\\"\\n"'],
    ["bytes", scalar("binary"), Uint8Array.of(0, 255), '"\\\\x00ff"'],
    ["day", scalar("date"), "2024-02-29", '"2024-02-29"'],
    ["at", scalar("timestamp"), "2024-02-29T12:00:00.5Z", '"2024-02-29 12:00:00.5+00"'],
    ["id", scalar("uuid"), "00112233-4455-6677-8899-aabbccddeeff", '"00112233-4455-6677-8899-aabbccddeeff"'],
    ["doc", scalar("json"), rawJson('{"n": 1.10}'), '{"n": 1.10}'],
    ["items", list(scalar("int64")), [1, null], "[1,null]"],
  ];
  const columns = values.map(([name, type]) => ({ name, type, nullable: true }));
  const rows = [Object.fromEntries(values.map(([name, , value]) => [name, value])), {}];
  const textOf = rowTexts(pack(columns, rows));
  expect(textOf(0)).toBe(`{${values.map(([name, , , text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`);
  const nulls = values.filter(([, type]) => type.kind !== "json").map(([name]) => `${JSON.stringify(name)}:null`);
  expect(textOf(1)).toBe(`{${nulls.join(",")}}`);
});

it("what stands in a column of documents and is none becomes text", () => {
  const data = Buffer.from("{broken");
  const vector = { layout: "bytes" as const, offsets: Int32Array.of(0, data.length), data, validity: undefined };
  const columns = [{ name: "doc", type: scalar("json"), nullable: true }];
  expect(rowTexts({ columns, vectors: [vector] })(0)).toBe('{"doc":"{broken"}');
});
