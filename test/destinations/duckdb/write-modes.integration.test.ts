import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import duckdb from "../../../destinations/duckdb/index.js";
import { pack, type Row } from "../../../sdk/batch/pack.js";
import type { Commit, OpenDestination, Target, WriteMode, Writer } from "../../../sdk/index.js";
import type { Scan } from "../../../sdk/messages.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { runDuckdb } from "../../support/run-duckdb.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-duckdb-modes-"));
const columns = [column("id", "int64!"), column("name", "string"), column("version", "int32")];
let path = "";
let destination: OpenDestination;
let files = 0;
let lastLoad = 1_764_000_000_000_000;

function column(name: string, type: string): Column {
  return { name, type: parseType(type.replace("!", "")), nullable: !type.endsWith("!") };
}

async function open(signal = new AbortController().signal): Promise<OpenDestination> {
  const context = { projectDir: folder, workDir: folder, memoryBytes: 2 ** 28, log: () => {}, signal };
  return await duckdb.open(duckdb.config.parse({ path }), context);
}

beforeEach(async () => {
  path = join(folder, `${++files}.duckdb`);
  destination = await open();
});
afterEach(() => destination.close());
afterAll(() => rmSync(folder, { recursive: true }));

function targetOf(writeMode: WriteMode, more: Partial<Target> = {}): Target {
  const keyed = writeMode === "merge" || writeMode === "scd2";
  return {
    ...{ connection: "test", stream: "public.t", schema: "warehouse", table: "t", writeMode },
    ...{ primaryKey: keyed ? ["id"] : [], fullRefresh: false, metadataColumns: true },
    ...more,
  };
}

function commitOf(loadId: number, publish: boolean): Commit {
  const counts = { read: 0, written: 0, filtered: 0, deduplicated: 0, quarantined: 0, bytes: 0 };
  const ledger = { runId: "run", startedAt: new Date(), stateBefore: undefined, ...counts };
  return { loadId, state: { at: loadId }, schemaHash: "hash", publish, ledger, drift: [], replayed: [] };
}

type Given = readonly Row[] | Scan;

async function load(writer: Writer, given: Given, { publish = false, of = columns } = {}) {
  const loadId = ++lastLoad;
  await writer.startLoad(loadId);
  if ("sql" in given) await writer.scan?.(given);
  else if (given.length > 0) await writer.write(pack(of, given));
  const staged = await writer.flush();
  await writer.commit(commitOf(loadId, publish));
  return { ...staged, loadId };
}

async function run(target: Target, given: Given, of: Column[] = columns) {
  const writer = await destination.begin(target);
  await writer.start(of);
  try {
    return await load(writer, given, { publish: target.writeMode === "overwrite", of });
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    await writer.close();
  }
}

const rowsOf = async (list = "id, name, version") =>
  (await destination.query(`SELECT ${list} FROM warehouse.t ORDER BY ALL`)).rows;

const threeRows: Scan = {
  sql: "SELECT * FROM (VALUES (1::BIGINT, 'one', 1::INTEGER), (2, 'two', 2), (1, 'uno', 3)) AS v(id, name, version)",
  columns,
  origin: "three rows",
};

describe("a scan", () => {
  test.each([
    ["append", { written: 3, deduplicated: 0 }, ["one", "uno", "two"]],
    ["overwrite", { written: 3, deduplicated: 0 }, ["one", "uno", "two"]],
    ["merge", { written: 2, deduplicated: 1 }, ["uno", "two"]],
    ["scd2", { written: 2, deduplicated: 1 }, ["uno", "two"]],
  ] as const)("is written in mode %s like batches are", async (writeMode, counts, names) => {
    expect(await run(targetOf(writeMode), threeRows)).toMatchObject(counts);
    expect((await rowsOf("id, name")).map(([, name]) => name)).toEqual(names);
  });

  test("of another DuckDB file attaches it for the load alone, however often", async () => {
    const other = join(folder, "other.duckdb");
    await runDuckdb(other, "CREATE TABLE s AS SELECT range AS id, 'x' AS name, 1::INTEGER AS version FROM range(1000)");
    const scan: Scan = {
      ...{ sql: "SELECT id, name, version FROM o.s", columns, origin: other },
      ...{ setup: [`ATTACH IF NOT EXISTS '${other}' AS o (READ_ONLY)`], undo: ["DETACH DATABASE IF EXISTS o"] },
    };
    const writer = await destination.begin(targetOf("append"));
    await writer.start(columns);
    await writer.startLoad(++lastLoad);
    expect(await writer.scan?.(scan)).toEqual({ read: 1000 });
    expect(await writer.scan?.(scan)).toEqual({ read: 1000 });
    expect(await writer.flush()).toEqual({ written: 2000, deduplicated: 0 });
    await writer.commit(commitOf(lastLoad, false));
    await writer.close();
    const { rows } = await destination.query("SELECT 1 FROM duckdb_databases() WHERE database_name = 'o'");
    expect(rows).toEqual([]);
  });
});

test("a scan ends soon after the run is cancelled, and leaves nothing", async () => {
  await destination.close();
  const cancelling = new AbortController();
  destination = await open(cancelling.signal);
  const columns = [column("id", "int64")];
  const endless: Scan = { sql: "SELECT range AS id FROM range(100000000000)", columns, origin: "endless" };
  setTimeout(() => cancelling.abort(), 100);
  await expect(run(targetOf("append"), endless, columns)).rejects.toMatchObject({ name: "AbortError" });
  expect((await destination.query("SELECT 1 FROM duckdb_tables() WHERE table_name = 't'")).rows).toEqual([]);
});

describe("overwrite", () => {
  test("shows the old table until the new one is whole, to views too", async () => {
    const target = targetOf("overwrite");
    await run(target, [{ id: 1, name: "old", version: 1 }]);
    await destination.query("CREATE VIEW warehouse.v AS SELECT name FROM warehouse.t");
    const writer = await destination.begin(target);
    await writer.start(columns);
    await load(writer, [{ id: 2, name: "new", version: 1 }]);
    expect(await rowsOf("name")).toEqual([["old"]]);
    await load(writer, [{ id: 3, name: "newer", version: 1 }], { publish: true });
    await writer.close();
    expect((await destination.query("SELECT name FROM warehouse.v ORDER BY name")).rows).toEqual([["new"], ["newer"]]);
  });

  test("leaves nothing of a run that ended between its loads, in the ledger neither", async () => {
    const target = targetOf("overwrite");
    await run(target, [{ id: 1, name: "old", version: 1 }]);
    const killed = await destination.begin(target);
    await killed.start(columns);
    const { loadId } = await load(killed, [{ id: 2, name: "half", version: 1 }]);
    await (await destination.begin(target)).close();
    expect((await destination.loads("warehouse", 100)).map((row) => row.loadId)).not.toContain(loadId);
    const left = "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, '_sluice_new')";
    expect((await destination.query(left)).rows).toEqual([]);
    await killed.close();
  });
});

describe("scd2", () => {
  const history = () => rowsOf("id, name, _sluice_valid_from, _sluice_valid_to");
  const currentIds = async () => (await history()).filter(([, , , to]) => to === null).map(([id]) => id);

  test("keeps one current version of a key, and versions without gaps", async () => {
    const target = targetOf("scd2");
    const a = { id: 1, name: "a", version: 1 };
    expect(await run(target, [a, { id: 2, name: "b", version: 1 }])).toMatchObject({ written: 2, deduplicated: 0 });
    expect(await run(target, [a, { id: 2, name: "c", version: 2 }])).toMatchObject({ written: 1, deduplicated: 1 });
    const [first, b, c] = await history();
    expect([first, b, c].map((row) => row?.[1])).toEqual(["a", "b", "c"]);
    expect([first?.[3], c?.[3]]).toEqual([null, null]);
    expect(b?.[3]).toBe(c?.[2]);
  });

  test("closes the keys that a full refresh does not have, and opens them again when they come back", async () => {
    const target = targetOf("scd2", { fullRefresh: true });
    const one = { id: 1, name: "a", version: 1 };
    const two = { id: 2, name: "b", version: 1 };
    await run(target, [one, two]);
    await run(target, [one]);
    expect(await currentIds()).toEqual([1]);
    expect(await run(target, [one, two])).toMatchObject({ written: 1, deduplicated: 1 });
    expect(await currentIds()).toEqual([1, 2]);
  });
});

describe("a table that somebody else made", () => {
  test("is taken over where its columns hold what comes", async () => {
    await destination.query("CREATE SCHEMA warehouse");
    await destination.query(
      "CREATE TABLE warehouse.t (name VARCHAR, id HUGEINT, version BIGINT, extra DOUBLE DEFAULT 1.5)",
    );
    await destination.query("INSERT INTO warehouse.t VALUES ('theirs', 0, 0, 0)");
    await run(targetOf("append"), [{ id: 1, name: "ours", version: 1 }]);
    expect(await rowsOf("id, name, extra, _sluice_load_id IS NULL")).toEqual([
      [0, "theirs", 0, true],
      [1, "ours", 1.5, false],
    ]);
  });

  test.each([
    ["target.column_unfit", "TABLE warehouse.t (id BIGINT, name VARCHAR, version SMALLINT)", "append"],
    [
      "target.column_required",
      "TABLE warehouse.t (id BIGINT, name VARCHAR, version INTEGER, x INT NOT NULL)",
      "append",
    ],
    ["target.not_a_history", "TABLE warehouse.t (id BIGINT, name VARCHAR, version INTEGER)", "scd2"],
    ["target.not_a_table", "VIEW warehouse.t AS SELECT 1 AS id, 'x' AS name, 1 AS version", "append"],
  ] as const)("is refused otherwise: %s", async (code, relation, writeMode) => {
    await destination.query("CREATE SCHEMA warehouse");
    await destination.query(`CREATE ${relation}`);
    const loading = run(targetOf(writeMode), [{ id: 1, name: "x", version: 1 }]);
    await expect(loading).rejects.toMatchObject({ kind: "config", code });
  });
});

test("a null in a key column names the row, and nothing is written", async () => {
  const rows = [
    { id: 1, name: "a", version: 1 },
    { id: null, name: "keyless", version: 1 },
  ];
  const failing = run(targetOf("merge"), rows, [column("id", "int64"), ...columns.slice(1)]);
  await expect(failing).rejects.toMatchObject({ kind: "data", code: "key.null", column: "id", stream: "public.t" });
  await expect(failing).rejects.toThrow("keyless");
  expect((await destination.query("SELECT 1 FROM duckdb_tables() WHERE table_name = 't'")).rows).toEqual([]);
});

test("a writer that was taken over writes nothing, even when its transaction began before", async () => {
  const zombie = await destination.begin(targetOf("append"));
  await zombie.start(columns);
  await zombie.startLoad(++lastLoad);
  await zombie.write(pack(columns, [{ id: 1, name: "zombie", version: 1 }]));
  await zombie.flush();
  const next = await destination.begin(targetOf("append"));
  await next.start(columns);
  const committing = zombie.commit(commitOf(lastLoad, false));
  await expect(committing).rejects.toMatchObject({ kind: "transient", code: "destination.fenced" });
  await zombie.abort();
  await load(next, [{ id: 2, name: "next", version: 1 }]);
  expect(await rowsOf("name")).toEqual([["next"]]);
  await zombie.close();
  await next.close();
});

test("a load that stands already is refused", async () => {
  const { loadId } = await run(targetOf("append"), [{ id: 1, name: "a", version: 1 }]);
  const writer = await destination.begin(targetOf("append"));
  await writer.start(columns);
  await expect(writer.startLoad(loadId)).rejects.toMatchObject({ code: "load.replayed" });
  await writer.close();
});

test("two streams load at once, each in its own transaction", async () => {
  const targets = ["left", "right"].map((table) => targetOf("append", { stream: `public.${table}`, table }));
  const writers = await Promise.all(targets.map((target) => destination.begin(target)));
  const counts = await Promise.all(
    writers.map(async (writer, i) => {
      await writer.start(columns);
      const loadId = lastLoad + 1 + i;
      await writer.startLoad(loadId);
      for (let n = 0; n < 40; n++) {
        await writer.write(
          pack(
            columns,
            Array.from({ length: 500 }, (_, k) => ({ id: n * 500 + k })),
          ),
        );
        if (i === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const staged = await writer.flush();
      await writer.commit(commitOf(loadId, false));
      await writer.close();
      return staged.written;
    }),
  );
  lastLoad += 2;
  expect(counts).toEqual([20_000, 20_000]);
  const distinct = (table: string) => `(SELECT count(DISTINCT id) FROM warehouse."${table}")`;
  const { rows } = await destination.query(`SELECT ${distinct("left")}, ${distinct("right")}`);
  expect(rows).toEqual([[20_000, 20_000]]);
});

test("what was committed stands when the file is opened again", async () => {
  const { loadId } = await run(targetOf("merge"), [{ id: 1, name: "a", version: 1 }]);
  await destination.close();
  destination = await open();
  expect(await rowsOf()).toEqual([[1, "a", 1]]);
  const [state] = await destination.states("warehouse");
  expect(state).toMatchObject({
    connection: "test",
    stream: "public.t",
    epoch: 1,
    seq: 1,
    loadId,
    state: { at: loadId },
  });
});
