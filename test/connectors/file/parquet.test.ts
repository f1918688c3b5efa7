import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { closeConnection, closeDatabase, connect, openDatabase } from "../../../sdk/sql/duckdb/database.js";
import { execute } from "../../../sdk/sql/duckdb/statement.js";
import { folder, load } from "./file-source.js";

async function writeParquet(path: string, select: string): Promise<void> {
  const database = await openDatabase({ path: ":memory:", memoryBytes: 1e8, threads: 1, tempDir: "/tmp" });
  const connection = await connect(database);
  await execute(connection, `COPY (${select}) TO '${path}' (FORMAT parquet)`);
  closeConnection(connection);
  closeDatabase(database);
}

describe("Parquet", () => {
  let dir: string;

  beforeAll(async () => {
    dir = await folder();
    await writeParquet(
      join(dir, "types.parquet"),
      `SELECT 9223372036854775807::BIGINT AS i64, 18446744073709551615::UBIGINT AS u64, 255::UTINYINT AS u8, -0.0::DOUBLE AS f,
        1.10::DECIMAL(5,2) AS d, 12345678901234567890.123456789012345678::DECIMAL(38,18) AS wide,
        '2024-02-29 12:00:00.123456'::TIMESTAMP AS dt, '2024-02-29 12:00:00+02'::TIMESTAMPTZ AS ts,
        '2024-02-29'::DATE AS day, '23:59:59.999999'::TIME AS clock, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID AS id,
        'café' AS s, '\\x00\\xff'::BLOB AS bytes, true AS b, NULL::INTEGER AS nothing,
        [1, NULL, 3]::INTEGER[] AS list, {'a': 1.10::DECIMAL(5,2), 'b': ['x']} AS record,
        '2024-01-01 00:00:00.123456789'::TIMESTAMP_NS AS nanos`,
    );
  });

  it.each([false, true])("keeps declared types and exact values (scans: %s)", async (scans) => {
    const { columns, rows } = await load(dir, { path: "types.parquet" }, { scans });
    expect(Object.fromEntries(columns.map((column, i) => [column, rows[0]![i]]))).toEqual({
      "i64:int64": "9223372036854775807",
      "u64:decimal(20,0)": "18446744073709551615",
      "u8:int16": "255",
      "f:float64": "-0",
      "d:decimal(5,2)": "1.10",
      "wide:decimal(38,18)": "12345678901234567890.123456789012345678",
      "dt:datetime": "2024-02-29 12:00:00.123456",
      "ts:timestamp": "2024-02-29 10:00:00+00",
      "day:date": "2024-02-29",
      "clock:time": "23:59:59.999999",
      "id:uuid": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      "s:string": "café",
      "bytes:binary": "\\x00ff",
      "b:boolean": "true",
      "nothing:int32": null,
      "list:list<int32>": "[1,null,3]",
      "record:json": '{"a":1.1,"b":["x"]}',
      "nanos:string": "2024-01-01 00:00:00.123456789",
    });
  });

  it("reads files whose columns differ as one table", async () => {
    await writeParquet(join(dir, "part_1.parquet"), "SELECT 1::INTEGER AS a, 'x' AS b");
    await writeParquet(join(dir, "part_2.parquet"), "SELECT DATE '2024-01-01' AS c, 5000000000::BIGINT AS a");
    expect(await load(dir, { path: "part_*.parquet" }, { scans: true })).toMatchObject({
      columns: ["a:int64", "b:string", "c:date"],
      rows: [
        ["1", "x", null],
        ["5000000000", null, "2024-01-01"],
      ],
    });
  });

  it.each([false, true])(
    "reads nanoseconds as microseconds where they are whole, else as text (scans: %s)",
    async (scans) => {
      const path = join(dir, "nanos.parquet");
      const times = "SELECT i, make_timestamp_ns(i * 1000)::TIMESTAMP_NS AS t FROM range(20000) r(i)";
      await writeParquet(path, times);
      const whole = await load(dir, { path }, { scans });
      expect(whole.columns).toEqual(["i:int64", "t:datetime"]);
      expect(whole.rows[1]).toEqual(["1", "1970-01-01 00:00:00.000001"]);
      await writeParquet(path, `${times} UNION ALL SELECT 20000, make_timestamp_ns(1)`);
      await expect(load(dir, { path }, { scans })).rejects.toMatchObject({ code: "type.mismatch", column: "t" });
      const exact = await load(dir, { path }, { scans, inference: "exhaustive" });
      expect(exact.rows.at(-1)).toEqual(["20000", "1970-01-01 00:00:00.000000001"]);
    },
  );

  it.each([
    ["cut", (whole: Buffer) => whole.subarray(0, whole.length / 2)],
    ["not Parquet at all", () => Buffer.from("id,name\n1,x\n")],
    ["empty", () => Buffer.alloc(0)],
  ])("says so when a file is %s", async (_what, damage) => {
    const { readFile } = await import("node:fs/promises");
    await writeFile(join(dir, "bad.parquet"), damage(await readFile(join(dir, "types.parquet"))));
    await expect(load(dir, { path: "bad.parquet" })).rejects.toMatchObject({
      kind: "data",
      code: "file.damaged",
      message: expect.stringContaining("bad.parquet"),
    });
  });

  it.each([false, true])(
    "goes into one stream with JSON and CSV, in types that text is read as (scans: %s)",
    async (scans) => {
      const dir = await folder();
      await writeParquet(
        join(dir, "a.parquet"),
        "SELECT 1::INTEGER AS id, 2::INTEGER AS n, '10:00:00'::TIME AS t, [1] AS l",
      );
      await writeFile(join(dir, "b.jsonl"), '{"id":2,"n":null}\n{"id":3}\n');
      await writeFile(join(dir, "c.csv"), "id,n\n4,\n");
      const { columns, rows } = await load(dir, { path: "*" }, { scans });
      expect(columns).toEqual(["id:int64", "n:int64", "t:string", "l:json"]);
      expect(rows).toEqual([
        ["1", "2", "10:00:00", "[1]"],
        ["2", null, null, null],
        ["3", null, null, null],
        ["4", null, null, null],
      ]);
    },
  );
});
