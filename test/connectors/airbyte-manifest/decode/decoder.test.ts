import { deflateRawSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createDecoder } from "../../../../connectors/airbyte-manifest/decode/decoder.js";
import { xmlValue } from "../../../../connectors/airbyte-manifest/decode/xml.js";
import { toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import { bytes, of } from "../fake-runtime.js";

function decoded(component: object | undefined, body: string | Uint8Array, maxBytes = 1_000_000): unknown[] {
  const decoder = createDecoder(component === undefined ? undefined : of(component), maxBytes);
  return [...decoder.decode(bytes(Buffer.from(body as string)))].map(toPlain);
}

describe("JSON", () => {
  test.each([
    ["an object", '{"a":1}', [{ a: 1 }]],
    ["the items of a list", "[1,2]", [1, 2]],
    ["an empty object for an empty list", "[]", [{}]],
    ["and for what is no JSON", "<html>", [{}]],
    ["all digits of a whole number", '{"id":12345678901234567890}', [{ id: 12345678901234567890n }]],
  ])("gives %s", (_, body, values) => {
    expect(decoded(undefined, body)).toEqual(values);
  });

  test("lines, a broken one left out", () => {
    expect(decoded({ type: "JsonlDecoder" }, '{"a":1}\n{"a":\n\n{"a":2}')).toEqual([{ a: 1 }, { a: 2 }]);
  });
});

test("CSV is read by its first line: quotes, line breaks within, what is missing", () => {
  const rows = decoded(
    { type: "CsvDecoder", delimiter: ";", set_values_to_none: ["-"] },
    'a;b;c\r\n1;"x ""y""\nz";-\n\n2\n',
  );
  expect(rows).toEqual([
    { a: "1", b: 'x "y"\nz', c: null },
    { a: "2", b: null, c: null },
  ]);
});

test("CSV is read in the encoding that the manifest names, by Python's names", () => {
  const csv = (encoding: string, body: Buffer) => decoded({ type: "CsvDecoder", encoding }, body);
  expect(csv("latin-1", Buffer.from([0x61, 0x0a, 0xe9, 0x80, 0x0a]))).toEqual([{ a: "é\u0080" }]);
  expect(csv("cp1252", Buffer.from([0x61, 0x0a, 0x80]))).toEqual([{ a: "€" }]);
  expect(csv("utf_16", Buffer.from("\uFEFFa\né\n", "utf16le"))).toEqual([{ a: "é" }]);
  expect(csv("utf-8-sig", Buffer.from("\uFEFFa\né\n"))).toEqual([{ a: "é" }]);
  expect(() => csv("utf-8", Buffer.from([0x61, 0x0a, 0xe9]))).toThrow(
    expect.objectContaining({ code: "decode.encoding" }),
  );
  expect(() => csv("klingon", Buffer.from("a\n1"))).toThrow(expect.objectContaining({ code: "manifest.encoding" }));
});

describe("the items of one list in a JSON document", () => {
  const items = (items_path: string, body: string, more: object = {}) =>
    decoded({ type: "JsonItemsDecoder", items_path, ...more }, Buffer.from(body, "latin1"));

  test("are found by the names that lead to it, through lists by the word item", () => {
    expect(items("a.b", '{"a":{"b":[1,{"c":2}]},"z":[3]}')).toEqual([1, { c: 2 }]);
    expect(items("a.item.b", '{"a":[{"b":[1]},{},{"b":[2,3]}]}')).toEqual([1, 2, 3]);
    expect(items("a", '{"a":{}}')).toEqual([]);
  });

  test("are read in their encoding; what is no JSON is an error", () => {
    expect(items("a", '{"a":["é"]}', { encoding: "iso-8859-1" })).toEqual(["é"]);
    expect(() => items("a", "<html>")).toThrow(expect.objectContaining({ code: "decode.json" }));
  });
});

test("an IterableDecoder gives each line as a record", () => {
  expect(decoded({ type: "IterableDecoder" }, "a\nb\r\n\nc d\n")).toEqual(
    ["a", "b", "", "c d"].map((record) => ({ record })),
  );
});

describe("XML", () => {
  test("is one object for an XmlDecoder, an empty one where it is malformed", () => {
    const items = '<r><item id="1">x</item><item id="2"/></r>';
    expect(decoded({ type: "XmlDecoder" }, items)).toEqual([
      { r: { item: [{ "@id": "1", "#text": "x" }, { "@id": "2" }] } },
    ]);
    expect(decoded({ type: "XmlDecoder" }, "<r><item>")).toEqual([{}]);
  });

  test("becomes what the reference makes of it", () => {
    const text = '<?xml version="1.0"?><!-- c --><r a="1"><i>x &amp; y</i><i k="v">z</i><e/><![CDATA[<raw>]]></r>';
    expect(toPlain(xmlValue(text) ?? null)).toEqual({
      r: { "@a": "1", i: ["x & y", { "@k": "v", "#text": "z" }], e: null, "#text": "<raw>" },
    });
  });

  test("expands no entity of its own: a bomb stays text", () => {
    const bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;</r>';
    expect(toPlain(xmlValue(bomb) ?? null)).toEqual({ r: "&b;" });
  });

  test.each(["<a>", "</a>", "<a></b>", "text", "<a/><b/>", "<a>".repeat(1_000)])("%.12s is none", (text) => {
    expect(xmlValue(text)).toBeUndefined();
  });
});

describe("what is packed", () => {
  const gzip = { type: "GzipDecoder", decoder: { type: "JsonlDecoder" } };

  test("is unpacked, once or twice; what is not packed is read as it stands", () => {
    const line = Buffer.from('{"a":1}\n');
    for (const body of [line, gzipSync(line), gzipSync(gzipSync(line))])
      expect(decoded(gzip, body)).toEqual([{ a: 1 }]);
  });

  test.each(["<html>", "", "null"])("JSON that is none is an error there: %j", (body) => {
    for (const decoder of [{ type: "GzipDecoder", decoder: { type: "JsonDecoder" } }, { type: "GzipDecoder" }])
      expect(() => decoded(decoder, gzipSync(body))).toThrow(expect.objectContaining({ code: "decode.json" }));
  });

  test("a gzip bomb is refused", () => {
    expect(() => decoded(gzip, gzipSync(Buffer.alloc(5_000_000)), 100_000)).toThrow(
      expect.objectContaining({ code: "decode.gzip" }),
    );
  });

  test("the files of a zip archive are read one after the other", () => {
    const zip = { type: "ZipfileDecoder", decoder: { type: "CsvDecoder" } };
    expect(decoded(zip, zipOf({ "1.csv": "a\n1\n", "2.csv": "a\n2\n" }))).toEqual([{ a: "1" }, { a: "2" }]);
  });

  test.each([
    ["no archive", Buffer.from("PK nothing")],
    ["a cut one", zipOf({ "1.csv": "a\n1\n" }).subarray(20)],
  ])("%s is an error of the data", (_, body) => {
    expect(() => decoded({ type: "ZipfileDecoder" }, body)).toThrow(expect.objectContaining({ code: "decode.zip" }));
  });
});

function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  for (const [name, text] of Object.entries(files)) {
    const content = deflateRawSync(text);
    const offset = parts.reduce((sum, part) => sum + part.length, 0);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(name.length, 26);
    parts.push(local, Buffer.from(name), content);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(content.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(
    parts.reduce((sum, part) => sum + part.length, 0),
    16,
  );
  return Buffer.concat([...parts, ...directory, end]);
}
