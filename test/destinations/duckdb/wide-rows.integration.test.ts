import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import duckdb from "../../../destinations/duckdb/index.js";
import { pack, type Row } from "../../../sdk/batch/pack.js";
import { parentRowColumn } from "../../../sdk/child-table.js";
import type { Commit, OpenDestination, Target, WriteMode, Writer } from "../../../sdk/index.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { runDuckdb } from "../../support/run-duckdb.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-duckdb-wide-"));
const columns = [column("id", "int64!"), column("version", "int32"), column("body", "string")];
const itemColumns = [column("t_id", "int64!"), column("at", "int32"), column("body", "string")];
/** Of which a tenth, 3.2 MiB, may be stored together. */
const memoryBytes = 32 * 1024 * 1024;
const width = 300_000;
const modes: readonly WriteMode[] = ["append", "overwrite", "merge", "scd2"];
let path = "";
let files = 0;
let lastLoad = 1_764_000_000_000_000;
let destination: OpenDestination;
let warnings: string[] = [];

function column(name: string, type: string): Column {
  return { name, type: parseType(type.replace("!", "")), nullable: !type.endsWith("!") };
}

async function open(file = path): Promise<OpenDestination> {
  const log = (_: string, message: string) => void warnings.push(message);
  const context = { projectDir: folder, workDir: folder, memoryBytes, log, signal: new AbortController().signal };
  return await duckdb.open(duckdb.config.parse({ path: file, threads: 2 }), context);
}

beforeEach(async () => {
  path = join(folder, `${++files}.duckdb`);
  warnings = [];
  destination = await open();
});
afterEach(() => destination.close());
afterAll(() => rmSync(folder, { recursive: true }));

function targetOf(writeMode: WriteMode, more: Partial<Target> = {}): Target {
  return {
    ...{ connection: "test", stream: "public.t", schema: "warehouse", table: "t", writeMode },
    ...{ primaryKey: writeMode === "append" ? [] : ["id"], fullRefresh: false, metadataColumns: true },
    ...more,
  };
}

const withItems = (writeMode: WriteMode): Target =>
  targetOf(writeMode, { children: [{ name: "items", table: "t_items", parentKey: ["t_id"] }] });

function commitOf(loadId: number, publish: boolean): Commit {
  const counts = { read: 0, written: 0, filtered: 0, deduplicated: 0, quarantined: 0, bytes: 0 };
  const ledger = { runId: "run", startedAt: new Date(), stateBefore: undefined, ...counts };
  return { loadId, state: { at: loadId }, schemaHash: "hash", publish, ledger, drift: [], replayed: [] };
}

const body = (id: number, version: number) => `${id}-${version}-`.padEnd(width, "x");
const rowsFrom = (first: number, last: number, version: number): Row[] =>
  Array.from({ length: last - first + 1 }, (_, at) => ({
    id: first + at,
    version,
    body: body(first + at, version),
  }));

interface Given {
  readonly rows: readonly Row[];
  readonly rejected?: number;
  readonly withItems?: boolean;
  /** Called between the batches. */
  between?(): Promise<void> | void;
}

async function write(writer: Writer, { rows, rejected = 0, withItems = false, between }: Given): Promise<void> {
  for (let at = 0; at < rows.length; at += 5) {
    const some = rows.slice(at, at + 5);
    await writer.write(pack(columns, some));
    if (withItems) {
      const items = some.map(({ id, body }, i) => ({ t_id: id!, at: 1, body: body!, [parentRowColumn]: at + i }));
      const parentRow = { name: parentRowColumn, type: parseType("int64"), nullable: true };
      await writer.children?.get("items")?.write(pack([...itemColumns, parentRow], items));
    }
    await between?.();
  }
  for (let at = 0; at < rejected; at++) {
    const row = JSON.stringify({ id: at, body: body(at, 0) });
    const facts = { quarantineId: `${lastLoad}-${at}`, rule: "r", reason: "because", sourcePosition: undefined };
    await writer.quarantine([{ ...facts, row }]);
  }
}

async function begin(target: Target): Promise<{ writer: Writer; loadId: number }> {
  const writer = await destination.begin(target);
  await writer.start(columns);
  await writer.children?.get("items")?.start(itemColumns);
  const loadId = ++lastLoad;
  await writer.startLoad(loadId);
  return { writer, loadId };
}

async function run(target: Target, given: Given) {
  const { writer, loadId } = await begin(target);
  try {
    await write(writer, given);
    const staged = await writer.flush();
    await writer.commit(commitOf(loadId, target.writeMode === "overwrite"));
    return staged;
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    await writer.close();
  }
}

async function ask(sql: string) {
  return (await destination.query(sql)).rows;
}

const current = (mode: WriteMode) => (mode === "scd2" ? "WHERE _sluice_valid_to IS NULL" : "");
/** Each id once with its version, where its body is what it should be. */
const versions = (mode: WriteMode) =>
  ask(
    `SELECT version, count(*), count(DISTINCT id) FROM warehouse.t ${current(mode)}
     ${current(mode) === "" ? "WHERE" : "AND"} body = rpad(id || '-' || version || '-', ${width}, 'x') GROUP BY 1 ORDER BY 1`,
  );

/** The most rows that a row group of a table has. */
async function densest(table = "t"): Promise<number> {
  const rows = await ask(
    `SELECT max(rows) FROM (SELECT row_group_id, sum(count) AS rows FROM pragma_storage_info('warehouse.${table}')
     WHERE column_id = 0 AND segment_type <> 'VALIDITY' GROUP BY ALL)`,
  );
  return Number(rows[0]?.[0]);
}
const mostTogether = Math.ceil((memoryBytes / 10 + 5 * width) / width);

describe.each(modes)("wide rows in mode %s", (mode) => {
  const after: Readonly<Record<WriteMode, unknown>> = {
    append: [
      [1, 40, 40],
      [2, 40, 40],
    ],
    overwrite: [[2, 40, 40]],
    merge: [
      [1, 20, 20],
      [2, 40, 40],
    ],
    scd2: [
      [1, 20, 20],
      [2, 40, 40],
    ],
  };

  test("are stored a few to a row group, in first loads and later ones, whatever is loaded beside them", async () => {
    const target = targetOf(mode);
    expect(await run(target, { rows: rowsFrom(1, 40, 1) })).toEqual({ written: 40, deduplicated: 0 });
    expect(await versions(mode)).toEqual([[1, 40, 40]]);
    expect(await densest()).toBeLessThanOrEqual(mostTogether);

    expect(await run(target, { rows: rowsFrom(21, 60, 2) })).toEqual({ written: 40, deduplicated: 0 });
    expect(await versions(mode)).toEqual(after[mode]);
    expect(await densest()).toBeLessThanOrEqual(mostTogether);

    await destination.close();
    destination = await open();
    const narrow = targetOf("append", { stream: "public.n", table: "n" });
    await run(narrow, { rows: [{ id: 1, version: 1, body: "narrow" }] });
    expect(await run(target, { rows: rowsFrom(60, 60, 2) })).toMatchObject(
      mode === "scd2" ? { written: 0, deduplicated: 1 } : { written: 1 },
    );
    expect(await densest()).toBeLessThanOrEqual(mostTogether);
    const names = "SELECT table_name FROM duckdb_tables() WHERE NOT starts_with(table_name, '_sluice_') ORDER BY ALL";
    expect(await ask(names)).toEqual([["n"], ["t"]]);
    expect(await ask("SELECT view_name FROM duckdb_views() WHERE NOT internal")).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test("are seen by nobody before their commit, wherever the process is killed, and the next run is whole", async () => {
    const target = targetOf(mode);
    await run(target, { rows: rowsFrom(1, 20, 1), rejected: 3 });
    const before = await versions(mode);
    const copies: string[] = [];
    const { writer } = await begin(target);
    const keep = () => {
      const copy = join(folder, `${files}-${copies.length}.duckdb`);
      copyFileSync(path, copy);
      if (existsSync(`${path}.wal`)) copyFileSync(`${path}.wal`, `${copy}.wal`);
      copies.push(copy);
    };
    await write(writer, { rows: rowsFrom(11, 50, 2), rejected: 30, between: keep });
    keep();
    await writer.flush();
    keep();
    await writer.abort();
    await writer.close();
    expect(await versions(mode)).toEqual(before);
    expect(await ask("SELECT count(*) FROM warehouse._sluice_quarantine")).toEqual([[3]]);
    await destination.close();
    for (const copy of [copies[3]!, ...copies.slice(-2)]) {
      const seen = `SELECT version, count(*) FROM warehouse.t ${current(mode)} GROUP BY 1;`;
      const plain = `${copy}.plain`;
      copyFileSync(copy, plain);
      if (existsSync(`${copy}.wal`)) copyFileSync(`${copy}.wal`, `${plain}.wal`);
      expect((await runDuckdb(plain, seen)).rows).toEqual([[1, 20]]);
      const rejected = "SELECT count(*) FROM warehouse._sluice_quarantine";
      expect((await runDuckdb(plain, rejected)).rows).toEqual([[3]]);
      destination = await open(copy);
      expect(await versions(mode)).toEqual(before);
      expect(await run(target, { rows: rowsFrom(11, 50, 2), rejected: 30 })).toEqual({ written: 40, deduplicated: 0 });
      expect(await ask("SELECT count(*) FROM warehouse._sluice_quarantine")).toEqual([[33]]);
      const count = { append: 60, overwrite: 40, merge: 50, scd2: 50 }[mode];
      expect(await ask(`SELECT count(*) FROM warehouse.t ${current(mode)}`)).toEqual([[count]]);
      expect(await ask("SELECT table_name FROM duckdb_tables() WHERE table_name ~ '_sluice_(new|hidden)_.*'")).toEqual(
        [],
      );
      await destination.close();
    }
    destination = await open();
  });
});

describe("wide rows", () => {
  test.each(["append", "overwrite", "merge"] as const)(
    "of child tables in mode %s go with their parents",
    async (mode) => {
      const target = withItems(mode);
      await run(target, { rows: rowsFrom(1, 20, 1), withItems: true });
      await run(target, { rows: rowsFrom(11, 30, 2), withItems: true });
      const pairs = `SELECT count(*), count(DISTINCT t.id) FROM warehouse.t AS t
      JOIN warehouse.t_items AS i ON i.t_id = t.id AND i.body = t.body AND i._sluice_load_id = t._sluice_load_id`;
      const count = { append: 40, overwrite: 20, merge: 30 }[mode];
      expect(await ask(pairs)).toEqual([[count, mode === "append" ? 30 : count]]);
      expect(await ask("SELECT count(*) FROM warehouse.t_items")).toEqual([[count]]);
      expect(await densest("t_items")).toBeLessThanOrEqual(mostTogether);
    },
  );

  test("of which a key comes twice leave the newest, across what is committed on the way", async () => {
    const twice = [...rowsFrom(1, 20, 1), ...rowsFrom(11, 30, 2)];
    expect(await run(withItems("merge"), { rows: twice, withItems: true })).toEqual({ written: 30, deduplicated: 10 });
    expect(await versions("merge")).toEqual([
      [1, 10, 10],
      [2, 20, 20],
    ]);
    expect(await ask("SELECT count(*) FROM warehouse.t_items")).toEqual([[30]]);
    const again = [...rowsFrom(21, 35, 3), ...rowsFrom(21, 40, 4)];
    expect(await run(withItems("merge"), { rows: again, withItems: true })).toEqual({ written: 20, deduplicated: 15 });
    expect(await versions("merge")).toEqual([
      [1, 10, 10],
      [2, 10, 10],
      [4, 20, 20],
    ]);
    expect(await ask("SELECT count(*) FROM warehouse.t_items")).toEqual([[40]]);
  });

  test("that are as they were add no version to a history, and those that do not come are closed by a full refresh", async () => {
    await run(targetOf("scd2"), { rows: rowsFrom(1, 30, 1) });
    const target = targetOf("scd2", { fullRefresh: true });
    const rows = [...rowsFrom(11, 30, 1).slice(0, 10), ...rowsFrom(21, 40, 2)];
    expect(await run(target, { rows })).toEqual({ written: 20, deduplicated: 10 });
    expect(await versions("scd2")).toEqual([
      [1, 10, 10],
      [2, 20, 20],
    ]);
    const closed = "SELECT count(*), count(DISTINCT id) FROM warehouse.t WHERE _sluice_valid_to > _sluice_valid_from";
    expect(await ask(closed)).toEqual([[20, 20]]);
  });

  test("go without load ids into a new table, and with more memory into one that is there", async () => {
    for (const mode of modes) {
      const target = targetOf(mode, { stream: `public.${mode}`, table: mode, metadataColumns: false });
      await run(target, { rows: rowsFrom(1, 20, 1) });
      expect(warnings).toEqual([]);
      await run(target, { rows: rowsFrom(21, 60, 1) });
      const count = mode === "overwrite" ? 40 : 60;
      expect(await ask(`SELECT count(*), count(DISTINCT id) FROM warehouse.${mode}`)).toEqual([[count, count]]);
      warnings = [];
    }
  });

  test("go into a table with an index, which DuckDB does not rename, with more memory", async () => {
    await run(targetOf("merge"), { rows: rowsFrom(1, 20, 1) });
    await ask("CREATE UNIQUE INDEX by_id ON warehouse.t(id)");
    await run(targetOf("append"), { rows: rowsFrom(21, 60, 1) });
    expect(await ask("SELECT count(*), count(DISTINCT id) FROM warehouse.t")).toEqual([[60, 60]]);
    expect(warnings.some((text) => text.includes("more than its share of memory"))).toBe(true);
  });

  test("are no reason to keep row groups apart once the table has others", async () => {
    await run(targetOf("overwrite"), { rows: rowsFrom(1, 20, 1) });
    const noted = "SELECT comment FROM duckdb_tables() WHERE table_name = '_sluice_loads'";
    expect(await ask(noted)).toEqual([['{"wide_tables":["t"]}']]);
    await run(targetOf("overwrite"), { rows: [{ id: 1, version: 1, body: "narrow" }] });
    expect(await ask(noted)).toEqual([[null]]);
  });
});

test("many narrow rejected rows wait beside the load, and are no wide rows", async () => {
  const { writer, loadId } = await begin(targetOf("append"));
  const before = readdirSync(folder).length;
  const text = "x".repeat(300);
  const rejected = Array.from({ length: 80_000 }, (_, at) => ({
    ...{ quarantineId: `${loadId}-${at + 1}`, rule: "r", reason: "because", sourcePosition: undefined },
    row: JSON.stringify({ id: at, text }),
  }));
  await writer.quarantine(rejected);
  expect(readdirSync(folder).length).toBeGreaterThan(before);
  await writer.write(pack(columns, [{ id: 1, version: 1, body: "" }]));
  await writer.flush();
  expect(await ask("SELECT view_name FROM duckdb_views() WHERE NOT internal")).toEqual([]);
  await writer.commit(commitOf(loadId, false));
  const whole = `quarantine_id = '${loadId}-' || (("row"->>'id')::INT + 1) AND length("row"->>'text') = 300`;
  const counts = `SELECT count(*), count(DISTINCT quarantine_id) FILTER (${whole}) FROM warehouse._sluice_quarantine`;
  expect(await ask(counts)).toEqual([[80_000, 80_000]]);
  expect(await ask("SELECT comment FROM duckdb_tables() WHERE table_name = '_sluice_loads'")).toEqual([[null]]);
  await writer.close();
  expect(readdirSync(folder).filter((name) => name.startsWith("batch-"))).toEqual([]);
});
