import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { expressionEngine } from "../../../core/transform/engine.js";
import { documentMasker } from "../../../core/transform/mask-document.js";
import { maskFingerprints } from "../../../core/transform/mask-fingerprint.js";
import { prepareRows } from "../../../core/transform/prepare-rows.js";
import { openRefinery } from "../../../core/transform/refinery.js";
import type { Mask, Transforms } from "../../../core/transform/transforms.js";
import { pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import { Secret } from "../../../sdk/config/secret.js";
import { rawJson } from "../../../sdk/raw-json.js";
import { scalar } from "../../../sdk/schema/column-type.js";

const sha256: Mask = { type: "sha256" };
const hash = (text: string) => createHash("sha256").update(text).digest("hex");

function masked(json: string, paths: Readonly<Record<string, Mask>>): string {
  return documentMasker(Object.entries(paths).map(([path, mask]) => ({ keys: path.split("."), mask })))(json);
}

describe("a value inside a document", () => {
  test("is masked by its text, and every other byte stays as it is", () => {
    const json = '{ "n": 1.10, "mail" : "a\\u0040b",\n"big":9007199254740993, "in": {"mail":"c"} }';
    expect(masked(json, { mail: sha256, "in.mail": { type: "redact" } })).toBe(
      json.replace('"a\\u0040b"', `"${hash("a@b")}"`).replace('"c"', '"[redacted]"'),
    );
  });

  test("is found under a key written in any way, under keys that come twice, and in lists on the way", () => {
    expect(masked('{"m\\u0061il":"a","mail":"b"}', { mail: { type: "null" } })).toBe('{"m\\u0061il":null,"mail":null}');
    expect(masked('[{"a":[{"b":1},[{"b":null},{"b":true}]]}]', { "a.b": sha256 })).toBe(
      `[{"a":[{"b":"${hash("1")}"},[{"b":null},{"b":"${hash("true")}"}]]}]`,
    );
  });

  test("is masked as a whole where it is an object or a list", () => {
    expect(masked('{"a":{"b":[1, 2]},"c":"]}"}', { a: sha256, c: { type: "partial", keep: 1 } })).toBe(
      `{"a":"${hash('{"b":[1, 2]}')}","c":"*}"}`,
    );
    const key = new Secret("k");
    expect(masked('{"a":"x"}', { a: { type: "hmac_sha256", key } })).toBe(
      `{"a":"${createHmac("sha256", "k").update("x").digest("hex")}"}`,
    );
  });

  test("takes the whole text along that is no JSON, or too deep to look into", () => {
    expect(masked('{"mail": "a', { mail: sha256 })).toBe('"[redacted]"');
    expect(masked("[".repeat(100_000) + "]".repeat(100_000), { mail: sha256 })).toBe('"[redacted]"');
  });

  test("leaves nothing of itself, wherever it stands", () => {
    const secret = "canary";
    const leaf = fc.constantFrom<unknown>(secret, 1, null, "other");
    const document = fc.letrec((tie) => ({
      node: fc.oneof(
        leaf,
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom("a", "b", 'q"\\'), tie("node"), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(document, (inside) => {
        const json = JSON.stringify({ a: inside, c: [1.5, { a: "stays" }] });
        const found = masked(json, { a: { type: "redact" } });
        expect(found).not.toContain(secret);
        expect(JSON.parse(found)).toEqual({ a: inside === null ? null : "[redacted]", c: [1.5, { a: "stays" }] });
      }),
    );
  });
});

describe("a mask by path", () => {
  const engine = expressionEngine(64 * 1024 ** 2);
  afterAll(() => engine.close());
  const columns = [
    { name: "id", type: scalar("int64"), nullable: false },
    { name: "doc", type: scalar("json"), nullable: true },
    { name: "text", type: scalar("string"), nullable: true },
  ];

  async function refined(transforms: Transforms, row: Readonly<Record<string, unknown>>) {
    const rows = await prepareRows(columns, { stream: "s", transforms, rules: [] }, engine);
    const refinery = await openRefinery({ source: columns, rows, fits: [], engine });
    try {
      const { batch, rejects } = await refinery.refine(pack(columns, [row]));
      return { rows: unpack(batch), rejects };
    } finally {
      await refinery.close();
    }
  }

  test("masks in a column of JSON, also one that was cast, before a filter and a derived column see it", async () => {
    const transforms: Transforms = {
      cast: { text: scalar("json") },
      mask: { "doc.mail": sha256, "text.a": { type: "redact" } },
      filter: "doc->>'mail' <> 'a'",
      derive: { seen: "doc->>'mail'" },
    };
    const { rows } = await refined(transforms, { id: 1, doc: rawJson('{"mail":"a","n":1.10}'), text: '{"a":"b"}' });
    expect(rows).toEqual([
      { id: 1n, doc: `{"mail":"${hash("a")}","n":1.10}`, text: '{"a":"[redacted]"}', seen: hash("a") },
    ]);
  });

  test("shows nothing of a text that could not be cast to JSON", async () => {
    const transforms: Transforms = { cast: { text: scalar("json") }, mask: { "text.a": { type: "redact" } } };
    const { rejects } = await refined(transforms, { id: 1, doc: null, text: '{"a":"canary' });
    expect(rejects.map(({ rule, text }) => [rule, JSON.parse(text)])).toEqual([
      ["cast(text)", { id: 1, text: "[redacted]" }],
    ]);
  });

  test.each([
    [{ "text.a": sha256 }, "mask.path", "'text' is string, and not json"],
    [{ doc: sha256, "doc.a": sha256 }, "mask.path", "'doc' is masked as a whole"],
    [{ "dok.a": sha256 }, "stream.no_column", "there is no column 'dok.a'"],
  ])("is refused where there is nothing to look into: %o", async (mask, code, message) => {
    await expect(refined({ mask }, { id: 1, doc: null, text: null })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test("has a fingerprint of its own, by the column that it looks into", () => {
    const of = (mask: Readonly<Record<string, Mask>>) =>
      maskFingerprints({ mask, rename: { raw: "doc" } }, ["id", "raw"]);
    expect(Object.keys(of({ "doc.mail": sha256 }))).toEqual(["raw"]);
    expect(of({ "doc.mail": sha256 })).not.toEqual(of({ "doc.mail": { type: "redact" } }));
    expect(of({ "doc.mail": sha256 })).not.toEqual(of({ "doc.other": sha256 }));
    expect(of({ "doc.mail": sha256 })).not.toEqual(of({ doc: sha256 }));
  });
});
