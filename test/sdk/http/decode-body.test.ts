import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type BodyOptions, decodeBody } from "../../../sdk/http/body/decode-body.js";
import { unzip } from "../../../sdk/http/body/unzip.js";
import { httpResponse } from "../../../sdk/http/response.js";
import { rawText } from "../../../sdk/raw-json.js";

function decoded(body: string | Buffer, options: BodyOptions, headers: Record<string, string> = {}): Promise<unknown> {
  const response = httpResponse({ status: 200, headers, url: new URL("http://host/x") }, Buffer.from(body));
  return decodeBody(response, options, mostBytes);
}

const mostBytes = 4096;

/** Made by Python's zipfile: `a.csv`, two hundred times "id\n1\n", deflated; `b.csv`, "id\n2\n", stored. */
const archive = Buffer.from(
  "UEsDBBQAAAAIAABgXVgOJ8esDwAAAOgDAAAFAAAAYS5jc3bLTOEy5MocJUaJUWI4EwBQSwMEFAAAAAAAAGBdWMy6duYFAAAABQAAAAUAAABiLm" +
    "NzdmlkCjIKUEsBAhQDFAAAAAgAAGBdWA4nx6wPAAAA6AMAAAUAAAAAAAAAAAAAAIABAAAAAGEuY3N2UEsBAhQDFAAAAAAAAGBdWMy6duYFAAAA" +
    "BQAAAAUAAAAAAAAAAAAAAIABMgAAAGIuY3N2UEsFBgAAAAACAAIAZgAAAFoAAAAAAA==",
  "base64",
);

test("JSON lines keep every digit, and empty lines are none", async () => {
  const rows = (await decoded('{"n":12345678901234567890}\n\n{"n":2}\n', { format: "jsonl" })) as { n: unknown }[];
  expect(rows).toHaveLength(2);
  expect(rawText(rows[0]!.n)).toBe("12345678901234567890");
  await expect(decoded('{"n":1}\n{"n"', { format: "jsonl" })).rejects.toThrow("line 2");
});

test("CSV has quotes, line breaks, a byte order mark and nulls", async () => {
  const text = '\ufeffid;note\n1;"a;""b""\nc"\n2;\n3;""\n';
  expect(await decoded(text, { format: "csv", delimiter: ";" })).toEqual([
    { id: "1", note: 'a;"b"\nc' },
    { id: "2", note: null },
    { id: "3", note: "" },
  ]);
  await expect(decoded('a,b\n1,"2', { format: "csv" })).rejects.toMatchObject({ kind: "data", code: "http.not_csv" });
});

describe("XML", () => {
  test("is an object: attributes, text, lists, empty elements", async () => {
    const text =
      '<?xml version="1.0"?><r a="1"><i id="1">x &amp; y</i><i id="2"/><e></e><c><![CDATA[<b>]]></c><__proto__>p</__proto__></r>';
    const value = (await decoded(text, { format: "xml" })) as Record<string, Record<string, unknown>>;
    expect(JSON.stringify(value)).toBe(
      '{"r":{"@a":"1","i":[{"@id":"1","#text":"x & y"},{"@id":"2"}],"e":null,"c":"<b>","__proto__":"p"}}',
    );
  });

  test.each([
    ["entities of its own", '<!DOCTYPE r [<!ENTITY a "aaaa">]><r>&a;</r>'],
    ["too deep a nesting", "<a>".repeat(300) + "</a>".repeat(300)],
    ["an end that is missing", "<a><b></a>"],
  ])("with %s is refused", async (_, text) => {
    await expect(decoded(text, { format: "xml" })).rejects.toMatchObject({ kind: "data", code: "http.not_xml" });
  });
});

describe("a packed file", () => {
  test("in gzip or zip is unpacked", async () => {
    expect(await decoded(gzipSync("[1]"), { unpack: "gzip" })).toEqual([1]);
    const rows = (await decoded(archive, { unpack: "zip", format: "csv" })) as unknown[];
    expect(rows).toHaveLength(400);
    expect(rows.slice(398)).toEqual([{ id: "1" }, { id: "2" }]);
  });

  test("that is damaged, or larger than it may be, is an error", async () => {
    expect(() => unzip(archive, 100)).toThrow(expect.objectContaining({ code: "http.body_too_large" }));
    for (const at of [35, 45, archive.length - 30]) {
      const damaged = Buffer.from(archive);
      damaged[at]! ^= 255;
      expect(() => unzip(damaged, 2 ** 20)).toThrow(expect.objectContaining({ code: "http.not_zip" }));
    }
    expect(() => unzip(Buffer.from("no archive, and long enough"), 100)).toThrow();
    await expect(decoded("x", { unpack: "gzip" })).rejects.toMatchObject({ code: "http.not_gzip" });
    const large = gzipSync(`[${" ".repeat(mostBytes)}]`);
    await expect(decoded(large, { unpack: "gzip" })).rejects.toMatchObject({ code: "http.body_too_large" });
  });
});

test("text in another encoding is read as its content type says", async () => {
  const latin = Buffer.from('{"name":"Zo\xeb"}', "latin1");
  expect(await decoded(latin, {}, { "content-type": "application/json; charset=ISO-8859-1" })).toEqual({ name: "Zoë" });
  await expect(decoded(latin, {})).rejects.toMatchObject({ code: "http.encoding" });
});
