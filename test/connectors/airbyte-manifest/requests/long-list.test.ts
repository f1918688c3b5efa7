import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvRows } from "../../../../connectors/airbyte-manifest/decode/csv.js";
import { jsonLines } from "../../../../connectors/airbyte-manifest/decode/json-lines.js";
import { toPlain } from "../../../../connectors/airbyte-manifest/jinja/json.js";
import type { ListForm } from "../../../../connectors/airbyte-manifest/requests/long-form.js";
import { listParts } from "../../../../connectors/airbyte-manifest/requests/long-list.js";

const csv: ListForm = { format: "csv", delimiter: ",", unpacks: false };
const lines: ListForm = { format: "lines", unpacks: false };

/** The parts of a body that comes in pieces of so many bytes. */
async function parts(body: Buffer, form: ListForm, size: number, maxBytes = 1_000_000): Promise<Buffer[]> {
  async function* pieces() {
    for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
  }
  const found: Buffer[] = [];
  const options = { form, partBytes: 8, maxBytes, tooMuch: () => new Error("too long") };
  for await (const part of listParts(pieces(), options)) found.push(part);
  return found;
}

const rowsOf = (body: Buffer) => [...csvRows(body.toString(), { delimiter: ",", nulls: new Set() })].map(toPlain);

describe("the parts of a list", () => {
  test("have together the records of the whole, wherever they are cut: CSV with quotes and line breaks in it", async () => {
    const text = fc.array(fc.constantFrom('"', ",", "\n", "\r", "\r\n", "ab", "ü", ""), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 20 }), async (tokens, size) => {
        const body = Buffer.from(`a,"b\n,",c\n${tokens.join("")}`);
        const found = await parts(body, csv, size);
        expect(found.flatMap(rowsOf)).toEqual(rowsOf(body));
      }),
      { numRuns: 300 },
    );
  });

  test("are whole lines, the last one with or without its end", async () => {
    const body = Buffer.from('{"a":1}\n{"a":2}\n\n{"a":3}');
    for (const size of [1, 5, 100]) {
      const found = await parts(body, lines, size);
      expect(found.flatMap((part) => [...jsonLines(part)].map(toPlain))).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    }
    expect((await parts(body, lines, 5)).length).toBeGreaterThan(1);
  });

  test("are one, and empty, where nothing is there; a header alone stays one", async () => {
    expect(await parts(Buffer.alloc(0), lines, 5)).toEqual([Buffer.alloc(0)]);
    expect((await parts(Buffer.from("a,b\n"), csv, 3)).map(String)).toEqual(["a,b\n"]);
    expect((await parts(Buffer.from("a,b"), csv, 2)).map(String)).toEqual(["a,b"]);
  });

  test("are unpacked on the way, twice where the list is packed twice, not at all where it is not", async () => {
    const body = Buffer.from(`id\n${Array.from({ length: 2_000 }, (_, i) => i).join("\n")}\n`);
    for (const packed of [body, gzipSync(body), gzipSync(gzipSync(body))]) {
      const found = await parts(packed, { ...csv, unpacks: true }, 500);
      expect(found.flatMap(rowsOf)).toEqual(rowsOf(body));
    }
    const cut = gzipSync(body).subarray(0, 1_000);
    await expect(parts(cut, { ...csv, unpacks: true }, 500)).rejects.toMatchObject({ code: "http.not_gzip" });
  });

  test("hold no record that is longer than memory", async () => {
    const body = Buffer.from(`a\n"${"x".repeat(500)}"\n`);
    await expect(parts(body, csv, 50, 100)).rejects.toThrow("too long");
  });
});
