import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UnpackedValue } from "../../../sdk/batch/unpack.js";
import { valueText } from "../../../sdk/batch/value-text.js";
import { isNull } from "../../../sdk/batch/vector.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import { type Engine, openEngine } from "../../../sdk/sql/duckdb/engine.js";
import { duckType } from "../../../sdk/sql/duckdb/types.js";
import { duckValueText } from "../../../sdk/sql/duckdb/value-text.js";
import { edgeValues, repack } from "../../../sdk/testing/index.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ path: ":memory:", memoryBytes: 2 ** 28, threads: 1, tempDir: "/tmp" });
});
afterAll(() => engine.close());

/** What DuckDB's SQL makes of values, beside what the batch path makes of them. */
async function texts(typeText: string, values: readonly UnpackedValue[]) {
  const type = parseType(typeText);
  const columns = [{ name: "v", type, nullable: true }];
  const batch = repack(
    columns,
    values.map((v) => ({ v })),
  );
  const vector = batch.vectors[0]!;
  const expected = values.map((_, row) => (isNull(vector, row) ? null : valueText(vector, type, row)));
  const connection = await engine.connect();
  try {
    await connection.run(`CREATE OR REPLACE TEMP TABLE t (v ${duckType(type)}, n BIGINT)`);
    const load = connection.load({ sql: "INSERT INTO t FROM batch()", columns, rowNumbers: true });
    await load.write(batch);
    await load.end();
    const { rows } = await connection.query(`SELECT ${duckValueText("v", type)} FROM t ORDER BY n`);
    return { found: rows.map(([text]) => text), expected };
  } finally {
    await connection.close();
  }
}

describe("the text of a value in DuckDB's SQL is that of the batch path", () => {
  const types = [
    ...["boolean", "int16", "int64", "float32", "float64", "decimal(4,2)", "decimal(9,9)", "decimal(38,0)", "string"],
    ...["binary", "date", "time", "timestamp", "datetime", "uuid", "json", "list<int64>", "list<float64>"],
    ...["list<timestamp>", "list<decimal(20,2)>", "list<list<int32>>"],
  ];
  it.each(types)("%s", async (type) => {
    const values = edgeValues(parseType(type)).map((value) => (Object.is(value, -0) ? 0 : value));
    const { found, expected } = await texts(type, [null, ...values]);
    expect(found).toEqual(expected);
  });

  it("any float64", async () => {
    const number = fc.oneof(fc.double(), fc.double({ min: 1e-8, max: 1e22 }));
    const values = fc.sample(number, { numRuns: 3_000, seed: 7 }).map((value) => (Object.is(value, -0) ? 0 : value));
    const { found, expected } = await texts("float64", values);
    expect(found).toEqual(expected);
  });

  it("any float32, but for the last digit where two are equally near", async () => {
    const values = fc.sample(fc.float({ noNaN: true, noDefaultInfinity: true }), { numRuns: 3_000, seed: 7 });
    const { found, expected } = await texts(
      "float32",
      values.map((value) => (Object.is(value, -0) ? 0 : value)),
    );
    for (const [i, text] of found.entries()) {
      expect(Math.fround(Number(text))).toBe(Math.fround(Number(expected[i])));
      expect(String(text).length).toBe(expected[i]!.length);
    }
  });
});
