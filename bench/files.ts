import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { quoted, shell } from "./command.js";
import { duckdb, literal } from "./duckdb.js";
import type { FileFormat } from "./endpoint.js";
import { psql, query } from "./postgres.js";
import type { BenchTable } from "./tables.js";
import { dataDir, dataFolder } from "./workspace.js";

export type ExportFormat = FileFormat | "binary" | "duckdb";

/** A table of the database as a file, made where it is missing. `binary` is Postgres' own COPY format. */
export async function exportedFile(url: string, table: BenchTable, format: ExportFormat): Promise<string> {
  const path = join(exportFolder(url, table), `${table.name}.${format}`);
  if (existsSync(path)) return path;
  const partial = `${path}.part`;
  rmSync(partial, { force: true });
  if (format === "csv" || format === "binary") {
    const options = format === "csv" ? "format csv, header" : "format binary";
    run(`PGTZ=UTC ${psql(url, `copy ${table.name} to stdout (${options})`)} > ${quoted(partial)}`);
  } else {
    await convert(await exportedFile(url, table, "csv"), table, format, partial);
  }
  renameSync(partial, path);
  return path;
}

async function convert(csv: string, table: BenchTable, format: ExportFormat, path: string): Promise<void> {
  const types = table.columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(", ");
  const rows = `read_csv(${literal(csv)}, columns = {${types}}, header = true)`;
  const document = table.columns.map(({ name }) => (name === "payload" ? "payload::json as payload" : name)).join(", ");
  if (format === "duckdb") await duckdb([`create table ${table.name} as from ${rows}`], path);
  else if (format === "parquet")
    await duckdb([`copy (from ${rows}) to ${literal(path)} (format parquet, compression zstd)`]);
  else
    await duckdb(["set timezone = 'UTC'", `copy (select ${document} from ${rows}) to ${literal(path)} (format json)`]);
}

/** Named after the very table the rows are from, so that no file outlives it; older ones are removed. */
function exportFolder(url: string, table: BenchTable): string {
  const identity = query(
    url,
    `select system_identifier || '-' || pg_relation_filenode('public.${table.name}') from pg_control_system()`,
  );
  const name = `${table.name}-${identity}`;
  for (const entry of readdirSync(dataFolder("."))) {
    if (entry.startsWith(`${table.name}-`) && entry !== name) rmSync(join(dataDir, entry), { recursive: true });
  }
  return dataFolder(name);
}

function run(line: string): void {
  const [program, ...args] = shell(line).argv;
  execFileSync(program!, args);
}
