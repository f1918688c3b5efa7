import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { batchBuffers } from "../../../../sdk/batch/batch.js";
import { pack } from "../../../../sdk/batch/pack.js";
import { parseType } from "../../../../sdk/schema/column-type.js";
import { type Engine, openEngine } from "../../../../sdk/sql/duckdb/engine.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-engine-"));
const columns = [
  { name: "id", type: parseType("int64"), nullable: false },
  { name: "note", type: parseType("string"), nullable: true },
];
const batch = (from: number, count: number) =>
  pack(
    columns,
    Array.from({ length: count }, (_, i) => ({ id: from + i, note: `note ${from + i} is longer than a header` })),
  );
const opened: Engine[] = [];

async function open(path = ":memory:", settings: { readOnly?: boolean } = {}): Promise<Engine> {
  const engine = await openEngine({ path, memoryBytes: 2 ** 28, threads: 2, tempDir: folder, ...settings });
  opened.push(engine);
  return engine;
}

async function connectTo(engine: Engine, tables: readonly string[]) {
  const connection = await engine.connect();
  for (const table of tables) await connection.run(`CREATE TABLE ${table} (id BIGINT, note VARCHAR)`);
  return connection;
}

afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close().catch(() => undefined);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a load", () => {
  const insert = (table: string) => `INSERT INTO ${table} SELECT * FROM batch()`;

  test("brings every batch into its table, once, and counts the rows there", async () => {
    const connection = await connectTo(await open(), ["t"]);
    const load = connection.load({ sql: insert("t"), columns });
    for (let i = 0; i < 50; i++) await load.write(batch(i * 3000, 3000));
    expect(await load.end()).toEqual({ rows: 150_000 });
    const { rows } = await connection.query("SELECT count(*), count(DISTINCT id), sum(id), min(note) FROM t");
    expect(rows).toEqual([[150_000, 150_000, 11_249_925_000, "note 0 is longer than a header"]]);
  });

  test("gives a batch's memory back once its rows are in the table, all of it", async () => {
    const connection = await connectTo(await open(), ["t"]);
    const load = connection.load({ sql: insert("t"), columns });
    const sizes: number[][] = [];
    for (let i = 0; i < 20; i++) {
      const given = batch(i * 5000, 5000);
      const expected = batchBuffers(given).map(({ byteLength }) => byteLength);
      const giveBack = (memory: readonly ArrayBuffer[]) => {
        expect(memory.map(({ byteLength }) => byteLength)).toEqual(expected);
        // What stood there must have been copied.
        for (const buffer of memory) new Uint8Array(buffer).fill(0xff);
        sizes.push(expected);
      };
      await load.write({ ...given, giveBack });
    }
    expect(await load.end()).toEqual({ rows: 100_000 });
    expect(sizes).toHaveLength(20);
    const { rows } = await connection.query(
      "SELECT count(DISTINCT id), sum(id) FROM t WHERE note = 'note ' || id || ' is longer than a header'",
    );
    expect(rows).toEqual([[100_000, 4_999_950_000]]);
  });

  test("may be without rows", async () => {
    const connection = await connectTo(await open(), ["t"]);
    expect(await connection.load({ sql: insert("t"), columns }).end()).toEqual({ rows: 0 });
    const path = join(folder, "empty.parquet");
    const copy = connection.load({ sql: `COPY (SELECT * FROM batch()) TO '${path}' (FORMAT parquet)`, columns });
    expect(await copy.end()).toEqual({ rows: 0 });
    const described = await connection.query(`SELECT name FROM parquet_schema('${path}') OFFSET 1`);
    expect(described.rows).toEqual([["id"], ["note"]]);
  });

  test("numbers its rows in the order they were written", async () => {
    const connection = await open().then((engine) => engine.connect());
    await connection.run("CREATE TABLE t (id BIGINT, note VARCHAR, number BIGINT)");
    const load = connection.load({ sql: insert("t"), columns, rowNumbers: true, firstRow: 7 });
    for (let i = 0; i < 5; i++) await load.write(batch(i * 2500, 2500));
    await load.end();
    const { rows } = await connection.query("SELECT count(*) FROM t WHERE number = id + 7");
    expect(rows).toEqual([[12_500]]);
  });

  test("of rows so wide that two threads would spill them is taken by one, as long as it lasts", async () => {
    const engine = await open();
    const [connection, other] = [await connectTo(engine, ["t"]), await engine.connect()];
    const threads = async () => (await other.query("SELECT current_setting('threads')")).rows[0]?.[0];
    const wide = (from: number) => pack(columns, [{ id: from, note: "x".repeat(1000) }]);
    const load = connection.load({ sql: insert("t"), columns });
    await load.write(wide(1));
    await expect.poll(threads).toBe(1);
    await load.write(wide(2));
    expect(await load.end()).toEqual({ rows: 2 });
    expect(await threads()).toBe(2);
    const narrow = connection.load({ sql: insert("t"), columns });
    await narrow.write(batch(3, 10));
    await delay(50);
    expect(await threads()).toBe(2);
    expect(await narrow.end()).toEqual({ rows: 10 });
  });

  test("does not hold up another one while its own source is slow", async () => {
    const engine = await open();
    const [slow, fast] = [await connectTo(engine, ["slow"]), await connectTo(engine, ["fast"])];
    const waiting = slow.load({ sql: insert("slow"), columns });
    await waiting.write(batch(0, 10));
    const load = fast.load({ sql: insert("fast"), columns });
    for (let i = 0; i < 20; i++) await load.write(batch(i * 2000, 2000));
    await load.end();
    await delay(60);
    await waiting.write(batch(10, 10));
    expect(await waiting.end()).toEqual({ rows: 20 });
    expect((await fast.query("SELECT (SELECT count(*) FROM slow), (SELECT count(*) FROM fast)")).rows).toEqual([
      [20, 40_000],
    ]);
  });

  test("stays invisible until its transaction ends, over all its bursts", async () => {
    const engine = await open();
    const connection = await connectTo(engine, ["t"]);
    const other = await engine.connect();
    await connection.run("BEGIN TRANSACTION");
    const load = connection.load({ sql: insert("t"), columns });
    await load.write(batch(0, 100));
    await delay(100);
    await load.write(batch(100, 100));
    await load.end();
    expect((await other.query("SELECT count(*) FROM t")).rows).toEqual([[0]]);
    await connection.run("COMMIT");
    expect((await other.query("SELECT count(*) FROM t")).rows).toEqual([[200]]);
  });

  test.each([
    ["INSERT", "INSERT INTO t SELECT * FROM batch()"],
    ["COPY", `COPY (SELECT * FROM batch()) TO '${join(folder, "aborted.csv")}'`],
  ])("of an %s is over when it is aborted, though its source never ends", async (_, sql) => {
    const connection = await connectTo(await open(), ["t"]);
    await connection.run("BEGIN TRANSACTION");
    const load = connection.load({ sql, columns });
    await load.write(batch(0, 100));
    await delay(5);
    await load.abort(new Error("the source died"));
    await expect(load.write(batch(100, 1))).rejects.toThrow("the source died");
    await connection.run("ROLLBACK");
    expect((await connection.query("SELECT count(*) FROM t")).rows).toEqual([[0]]);
  });

  test("that fails says so at the next write and at the end, and the engine lives on", async () => {
    const connection = await connectTo(await open(), ["t"]);
    const load = connection.load({ sql: "INSERT INTO t SELECT id, CAST(note AS INTEGER) FROM batch()", columns });
    await load.write(batch(0, 1));
    await expect(load.end()).rejects.toMatchObject({ kind: "data", code: "duckdb.value_refused" });
    expect((await connection.query("SELECT 1")).rows).toEqual([[1]]);
  });

  test("refuses text that is not UTF-8", async () => {
    const connection = await connectTo(await open(), ["t"]);
    const load = connection.load({ sql: insert("t"), columns });
    const id = new Uint8Array(8);
    const note = {
      layout: "bytes",
      offsets: Int32Array.of(0, 2),
      data: Uint8Array.of(0x61, 0xff),
      validity: undefined,
    } as const;
    await load.write({
      rows: 1,
      columns,
      vectors: [{ layout: "fixed", width: 8, data: id, validity: undefined }, note],
    });
    await expect(load.end()).rejects.toMatchObject({ kind: "data", code: "duckdb.invalid_utf8", column: "note" });
  });
});

describe("a query", () => {
  test("gives exact JSON", async () => {
    const connection = await open().then((engine) => engine.connect());
    const { columns: names, rows } = await connection.query(
      `SELECT 9007199254740993::BIGINT AS a, 5::HUGEINT, 1.10::DECIMAL(4,2), 'NaN'::DOUBLE, DATE '2024-02-29',
         TIMESTAMPTZ '2024-02-29 12:00:00.000001+00', '\\x00'::BLOB, [1, NULL], {a: 1}, INTERVAL 1 DAY, NULL, true, $1`,
      ["it's"],
    );
    expect(names[0]).toBe("a");
    expect(rows).toEqual([
      [
        ...["9007199254740993", 5, "1.10", "NaN", "2024-02-29", "2024-02-29 12:00:00.000001+00", "\\x00", [1, null]],
        ...['{"a":1}', "1 day", null, true, "it's"],
      ],
    ]);
  });

  test("keeps its order also where its values have to be cast", async () => {
    const connection = await open().then((engine) => engine.connect());
    const { rows } = await connection.query("SELECT range, INTERVAL 1 DAY FROM range(5000) ORDER BY range DESC;");
    expect(rows.map(([n]) => n)).toEqual(Array.from({ length: 5000 }, (_, i) => 4999 - i));
  });

  test("can be interrupted", async () => {
    const connection = await open().then((engine) => engine.connect());
    const running = connection.query("SELECT count(*) FROM range(100000000000)");
    await delay(50);
    connection.interrupt();
    await expect(running).rejects.toMatchObject({ kind: "transient", code: "duckdb.interrupted" });
  });
});

describe("a file", () => {
  test("is not opened twice in one process, unless both only read", async () => {
    const path = join(folder, "twice.duckdb");
    const writing = await open(path);
    await expect(open(path)).rejects.toMatchObject({ kind: "config", code: "duckdb.open_twice" });
    await expect(open(path, { readOnly: true })).rejects.toMatchObject({ code: "duckdb.open_twice" });
    await writing.close();
    await open(path, { readOnly: true });
    await open(path, { readOnly: true });
  });

  test("that another process has open is reported with that process", async () => {
    const path = join(folder, "locked.duckdb");
    const bindings = fileURLToPath(import.meta.resolve("@duckdb/node-bindings"));
    const script = `const d = require(${JSON.stringify(bindings)}); d.open(${JSON.stringify(path)}).then((db) => { globalThis.db = db; console.log("open"); setInterval(() => {}, 1000); })`;
    const other = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(other.stdout, "data");
    try {
      const refusal = open(path);
      await expect(refusal).rejects.toMatchObject({ kind: "transient", code: "duckdb.locked" });
      await expect(refusal).rejects.toThrow(String(other.pid));
    } finally {
      other.kill("SIGKILL");
      await once(other, "exit");
    }
  });

  test.each([
    ["duckdb.not_a_database", "this is no database, but a text of some length".repeat(300)],
    ["duckdb.cannot_open", undefined],
  ])("that cannot be used is a config error: %s", async (code, content) => {
    const { writeFileSync } = await import("node:fs");
    const path = join(folder, content === undefined ? "no/such/folder/x.duckdb" : "text.duckdb");
    if (content !== undefined) writeFileSync(path, content);
    await expect(open(path)).rejects.toMatchObject({ kind: "config", code });
  });
});

test("a scan counts what its reader gave and what its table took", async () => {
  const connection = await connectTo(await open(), ["t"]);
  const path = join(folder, "numbers.parquet");
  await connection.run(`COPY (SELECT range AS id, 'x' AS note FROM range(10000)) TO '${path}'`);
  const sql = `INSERT INTO t SELECT id, note FROM read_parquet('${path}')`;
  expect(await connection.scan(sql)).toEqual({ read: 10_000, written: 10_000 });
  expect(await connection.scan(`${sql} WHERE id % 10 = 0`)).toEqual({ read: 1000, written: 1000 });
});

test("closing an engine ends what is under way in it", async () => {
  const engine = await open();
  const connection = await connectTo(engine, ["t"]);
  const load = connection.load({ sql: "COPY (SELECT * FROM batch()) TO '/dev/null' (FORMAT csv)", columns });
  await load.write(batch(0, 10));
  const query = engine.connect().then((other) => other.query("SELECT count(*) FROM range(100000000000)"));
  query.catch(() => undefined);
  await delay(20);
  await engine.close();
  await expect(query).rejects.toMatchObject({ kind: expect.stringMatching("transient|system") });
  await expect(load.end()).rejects.toMatchObject({ kind: "system" });
});
