import { execFileSync } from "node:child_process";
import { findPostgresBinaries } from "../test/support/postgres-binaries.js";
import { startPostgres } from "../test/support/postgres-server.js";
import { quoted } from "./command.js";
import type { BenchTable } from "./tables.js";

/** The database under measurement. */
export interface BenchDatabase {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** Uses the database of a URL, or starts a server of its own that ends with this process. */
export async function openDatabase(url: string | undefined): Promise<BenchDatabase> {
  requirePsql();
  if (url !== undefined) return { url, version: query(url, "show server_version"), stop: async () => undefined };
  const newest = findPostgresBinaries().toSorted((a, b) => Number(b.major) - Number(a.major))[0];
  if (newest === undefined)
    throw new Error("no PostgreSQL here: run `npm install`, or name a database with --postgres-url");
  const server = await startPostgres(newest, { settings });
  return { url: server.url, version: query(server.url, "show server_version"), stop: () => server.stop() };
}

const settings = {
  wal_level: "minimal",
  max_wal_senders: "0",
  max_replication_slots: "0",
  max_wal_size: "8GB",
  checkpoint_timeout: "30min",
  shared_buffers: "1GB",
  maintenance_work_mem: "256MB",
  jit: "off",
};

/** Makes the tables that are missing.
 * @throws Error where one is there with another number of rows */
export function makeTables(url: string, tables: readonly BenchTable[], rows: number): void {
  for (const table of tables) {
    if (query(url, `select to_regclass('public.${table.name}') is not null`) === "t") {
      requireRows(url, table, rows);
      continue;
    }
    console.error(`making ${table.name} …`);
    run(url, `${table.sql(rows)}; vacuum (analyze, freeze) ${table.name};`);
  }
}

/** A table of another run is measured again only where it is the one that was asked for; it is not ours to drop. */
function requireRows(url: string, { name, times }: BenchTable, rows: number): void {
  const there = query(url, `select count(*) from public.${name}`);
  if (there === String(rows * times)) return;
  throw new Error(
    `public.${name} is there with ${there} rows, not ${rows * times}: drop it, or ask for --rows ${Number(there) / times}`,
  );
}

/** Runs one statement and returns what it gives, unaligned. */
export function query(url: string, sql: string): string {
  return run(url, `${sql};`);
}

/** Runs statements, each a transaction of its own. */
export function run(url: string, sql: string): string {
  const args = [url, "-qAtX", "-v", "ON_ERROR_STOP=1"];
  const env = { ...process.env, PGOPTIONS: "-c client_min_messages=warning" };
  return execFileSync("psql", args, { encoding: "utf8", input: sql, stdio: ["pipe", "pipe", "pipe"], env }).trim();
}

/** psql with one statement, as a word for the shell. */
export function psql(url: string, sql: string): string {
  return `psql ${quoted(url)} -qX -v ON_ERROR_STOP=1 -c ${quoted(sql)}`;
}

function requirePsql(): void {
  try {
    execFileSync("psql", ["--version"], { stdio: "ignore" });
  } catch {
    throw new Error("the floors are psql's COPY: install PostgreSQL's client programs (psql)");
  }
}
