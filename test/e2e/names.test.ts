import pg from "pg";
import { beforeAll, describe, expect, inject, test } from "vitest";
import type { RunReport } from "../../core/sync/report.js";
import { createDatabase } from "../support/database.js";
import { runSluice } from "../support/run-program.js";
import { type GoalKind, makeGoal } from "./value-goals.js";

const goals: readonly GoalKind[] = ["duckdb", "postgres", "parquet"];
const server = inject("postgresUrl");

/** Column names of one table: reserved words, quotes, and twins by case and by Unicode form. */
const columns = [
  "select",
  'a"b',
  "it's",
  "a;b--",
  "with space",
  "😀",
  "\u00e9",
  "e\u0301",
  "Name",
  "name",
  "NAME",
  "n".repeat(63),
];
/** Table names; the last two would be one if they were cut. */
const tables = ["order", 'ta"ble', "it's; drop", "\u{1f600}", `${"t".repeat(62)}1`, `${"t".repeat(62)}2`];
/** Tables whose names are one where case or Unicode form does not count. */
const twins = ["Twins", "twins", "caf\u00e9", "cafe\u0301"];
/** Keys that some collations, paddings or casts take for one. */
const keys = ["a", "A", "a ", " a", "\u00e4", "a\u0308", "\u00df", "ss", "1", "01", "", "\u0130", "i"];

let source: string;

beforeAll(async () => {
  source = await createDatabase(server, "names_source");
  const client = new pg.Client({ connectionString: source });
  await client.connect();
  const quote = (name: string) => client.escapeIdentifier(name);
  for (const [i, table] of tables.entries()) {
    await client.query(`create table ${quote(table)} (${columns.map((name) => `${quote(name)} text`).join(", ")})`);
    const values = columns.map((_, c) => `'value ${i}.${c}'`);
    await client.query(`insert into ${quote(table)} values (${values.join(", ")})`);
  }
  await client.query("create schema twins");
  for (const table of twins) await client.query(`create table twins.${quote(table)} as select '${table}' as own_name`);
  await client.query("create schema keyed; create table keyed.keys (k text primary key, n int)");
  for (const [n, key] of keys.entries()) await client.query("insert into keyed.keys values ($1, $2)", [key, n]);
  await client.end();
});

async function copy(to: string, ...options: string[]): Promise<RunReport> {
  const { stdout, stderr } = await runSluice(["copy", source, to, "--json", ...options]);
  expect(stdout, stderr).toMatch(/^{/);
  return JSON.parse(stdout);
}

describe.each(goals)("into %s", (kind) => {
  test("every table and column gets a place of its own, whatever it is called", async () => {
    const goal = await makeGoal(kind, server, "names");
    const report = await copy(goal.location, "--stream", "public.*");
    const streams = report.connections[0]!.streams;
    expect(streams.map(({ stream }) => stream).sort()).toEqual(tables.map((table) => `public.${table}`).sort());
    expect(new Set(streams.map(({ table }) => table)).size).toBe(tables.length);
    for (const { stream, table, status, error } of streams) {
      expect(status, `${stream}: ${error?.message}`).toBe("succeeded");
      const i = tables.indexOf(stream.slice("public.".length));
      const name = table.slice(table.indexOf(".") + 1).replaceAll('"', '""');
      const [row] = await goal.query(`select * from "${name}"`);
      const values = (row ?? []).filter((value) => String(value).startsWith("value"));
      expect(values, stream).toEqual(columns.map((_, c) => `value ${i}.${c}`));
    }
  });

  test("tables whose names are twins are kept apart, or refused before anything is written", async () => {
    const goal = await makeGoal(kind, server, "names_twins");
    const [connection] = (await copy(goal.location, "--stream", "twins.*")).connections;
    if (connection!.error !== null) {
      expect(connection!.error).toMatchObject({ kind: "config", code: "naming.table_collision" });
      const found = await goal.query(
        "select table_name from information_schema.tables where lower(table_name) like 't%ins'",
      );
      expect(found).toEqual([]);
      return;
    }
    for (const { stream, table } of connection!.streams) {
      const [row] = await goal.query(`select own_name from "${table.slice(table.indexOf(".") + 1)}"`);
      expect(row).toEqual([stream.slice("twins.".length)]);
    }
  });

  test("keys that look alike stay apart when they are merged, twice", async () => {
    const goal = await makeGoal(kind, server, "names_keys");
    for (const _ of ["first", "again"]) {
      const report = await copy(goal.location, "--stream", "keyed.keys", "--write", "merge", "--primary-key", "k");
      expect(report.connections[0]!.streams[0]).toMatchObject({
        status: "succeeded",
        written: keys.length,
        deduplicated: 0,
      });
    }
    const rows = await goal.query("select k, n from keys order by n");
    expect(rows.map(([key]) => key)).toEqual(keys);
  });
});
