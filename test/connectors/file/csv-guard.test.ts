import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldForm } from "../../../connectors/file/csv/guard/field-form.js";
import type { PassedRows } from "../../../connectors/file/csv/guard/pass-rows.js";
import { rowForm } from "../../../connectors/file/csv/guard/row-form.js";
import { rowsCheck } from "../../../connectors/file/csv/guard/rows-check.js";
import { marginBytes, plainMemory, sharedMemory } from "../../../connectors/file/guard/guard-memory.js";
import { textValueSql } from "../../../connectors/file/text/text-value-sql.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import { runDuckdb } from "../../support/run-duckdb.js";
import { folder } from "./file-source.js";

const valid: Readonly<Record<string, fc.Arbitrary<string>>> = {
  int64: fc.bigInt({ min: -(2n ** 63n) - 5n, max: 2n ** 63n + 5n }).map(String),
  "decimal(18,2)": fc.tuple(fc.integer(), fc.nat(999)).map(([whole, part]) => `${whole}.${part}`),
  "decimal(38,10)": fc
    .tuple(fc.bigInt({ min: -(10n ** 29n), max: 10n ** 29n }), fc.bigInt({ min: 0n, max: 10n ** 11n }))
    .map(([whole, part]) => `${whole}.${part}`),
  float64: fc.double({ noNaN: true }).map(String),
  date: fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
  datetime: fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, -1)),
  timestamp: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  boolean: fc.constantFrom("true", "False", "TRUE", "t", "1"),
};

const letter = fc.constantFrom(..."0123456789-+.eE_ /:TZx");
/** A text of a type, with some letters of it changed, taken out or added. */
const nearly = (text: fc.Arbitrary<string>) =>
  fc
    .tuple(text, fc.array(fc.tuple(fc.nat(24), fc.nat(1), fc.oneof(letter, fc.constant(""))), { maxLength: 2 }))
    .map(([whole, edits]) =>
      edits.reduce((edited, [at, cut, added]) => edited.slice(0, at) + added + edited.slice(at + cut), whole),
    );
const anything = fc.string({ unit: letter, minLength: 1, maxLength: 8 });

/** What passes of whole rows of columns of some types, interpreted and compiled, which must be the same. */
function passing(types: readonly string[], returns = false): (text: string) => PassedRows {
  const fields = types.map((type) => fieldForm({ name: "v", type: parseType(type), nullable: true })!);
  const form = rowForm(fields, { delimiter: 0x2c, quote: 0x22, returns });
  const checks = [plainMemory(1000), sharedMemory(1000)].map((memory) => ({ memory, rows: rowsCheck(form, memory) }));
  return (text) => {
    const content = Buffer.from(text);
    const [interpreted, compiled] = checks.map(({ memory, rows }) => {
      memory.makeRoom(content.length);
      content.copy(memory.bytes);
      memory.bytes.fill(0, content.length, content.length + marginBytes);
      return rows.pass(0, content.length);
    });
    expect([text, compiled]).toEqual([text, interpreted]);
    return interpreted!;
  };
}

describe("what passes the guard of a CSV file", () => {
  it.each(Object.entries(valid))(
    "is read by DuckDB as the %s that is written, and as nothing else",
    async (name, texts) => {
      const sampled = fc.sample(fc.oneof({ arbitrary: nearly(texts), weight: 3 }, anything), 4000);
      const pass = passing([name, "string"]);
      // What has fewer digits than a float64 usually has, SQL leaves out.
      const passed = sampled.filter((text) => pass(`${text},\n`).rows === 1 && !/e-3\d\d/i.test(text));
      expect(passed.length).toBeGreaterThan(200);
      const path = join(await folder(), "t.csv");
      await writeFile(path, passed.map((text) => `${text},${text}\n`).join(""));
      const type = parseType(name);
      const typed = /^(?:int64|decimal.*|float64|date)$/.test(name);
      const duckType =
        { int64: "BIGINT", float64: "DOUBLE", date: "DATE" }[name] ?? (typed ? name.toUpperCase() : "VARCHAR");
      const read = typed ? "v" : textValueSql("v", type, "v");
      const { rows } = await runDuckdb(
        ":memory:",
        `SELECT count(*), count(*) FILTER (CAST(${read} AS VARCHAR) IS DISTINCT FROM CAST(${textValueSql("t", type, "t")} AS VARCHAR))
       FROM read_csv('${path}', auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
         nullstr = [''], columns = {v: '${duckType}', t: 'VARCHAR'})`,
      );
      expect(rows.map((row) => row.map(Number))).toEqual([[passed.length, 0]]);
    },
  );

  const types = ["string", "int64", "timestamp", "string", "float64", "boolean"];
  const piece = fc.constantFrom(
    '"',
    '""',
    ",",
    "\n",
    "\r\n",
    "a",
    "é",
    "\0",
    "sixteen letters!",
    "2024-01-31 23:59:59.5+00",
  );
  const words = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  const quoted = (text: fc.Arbitrary<string>) =>
    fc.oneof(
      text,
      text.map((plain) => `"${plain.replaceAll('"', '""')}"`),
    );
  const row = fc.tuple(
    fc.oneof({ arbitrary: quoted(words), weight: 4 }, words),
    quoted(fc.oneof(valid.int64!, fc.constantFrom("", "7", "-1"))),
    quoted(fc.oneof(valid.timestamp!, fc.constantFrom("", "2024-02-28 00:00:00+05:30"))),
    quoted(words),
    quoted(valid.float64!),
    fc.constantFrom("true", "", "F"),
  );

  it.each([
    ["a line feed", "\n", false],
    ["a carriage return too", "\r\n", true],
  ])("is the same whether it is compiled or not, in rows that end with %s", (_, lineEnd, returns) => {
    const pass = passing(types, returns);
    let most = 0;
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), fc.nat(20), (rows, cut) => {
        const text = rows.map((fields) => fields.join(",") + lineEnd).join("");
        most = Math.max(most, pass(text).rows);
        pass(text.slice(0, -cut));
      }),
      { numRuns: 3000 },
    );
    expect(most).toBeGreaterThan(1);
  });
});
