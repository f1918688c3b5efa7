import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldForm } from "../../../connectors/file/csv/guard/field-form.js";
import { passRows } from "../../../connectors/file/csv/guard/pass-rows.js";
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

const passes = (text: string, type: string): boolean => {
  const row = Buffer.concat([Buffer.from(`${text},\n`), Buffer.alloc(64)]);
  const fields = [
    fieldForm({ name: "v", type: parseType(type), nullable: true })!,
    fieldForm({ name: "t", type: parseType("string"), nullable: true })!,
  ];
  const isOrdinary = new Uint8Array(256).fill(1);
  for (const mark of [0, 0x0a, 0x0d, 0x22, 0x2c]) isOrdinary[mark] = 0;
  return (
    passRows(row, 0, row.length - 64, 1, { fields, delimiter: 0x2c, quote: 0x22, returns: false, isOrdinary }).rows ===
    1
  );
};

describe("what passes the guard of a CSV file", () => {
  it.each(Object.entries(valid))(
    "is read by DuckDB as the %s that is written, and as nothing else",
    async (name, texts) => {
      const sampled = fc.sample(fc.oneof({ arbitrary: nearly(texts), weight: 3 }, anything), 4000);
      // What has fewer digits than a float64 usually has, SQL leaves out.
      const passed = sampled.filter((text) => passes(text, name) && !/e-3\d\d/i.test(text));
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
});
