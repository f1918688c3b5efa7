import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { quoteLiteral, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import type { Duck } from "./duck.js";
import { makeFolder, moveIntoPlace, replaceFile, syncFile } from "./durable.js";
import { type driftFolder, literalPath, type loadsFolder, reportFile, type TableFolder, viewFile } from "./layout.js";
import { schemaStatement } from "./table-view.js";

/** Rows that are made from the log for people to read as Parquet. */
export interface Report {
  readonly name: typeof loadsFolder | typeof driftFolder;
  /** The columns, as SQL lists them; `load_id` is one. */
  readonly columns: string;
  /** The rows as SQL's VALUES. */
  readonly values: readonly string[];
  readonly loadIds: readonly number[];
}

/** Writes a report of one table as Parquet: the rows that stand there and the given ones, or only these. */
export async function writeReport(
  root: string,
  folder: TableFolder,
  duck: Duck,
  { name, columns, values, loadIds }: Report,
  keep: boolean,
): Promise<void> {
  if (values.length === 0) return;
  const path = reportFile(root, folder, name);
  const aside = join(dirname(path), `${randomUUID()}.tmp`);
  const before = keep && (await stat(path).catch(() => undefined)) !== undefined;
  const fresh = `SELECT * FROM (VALUES ${values.join(", ")}) AS report (${columns})`;
  const kept = `SELECT ${columns} FROM read_parquet(${quoteLiteral(literalPath(path))}) WHERE (load_id NOT IN (${loadIds.join(", ")})) IS NOT FALSE`;
  const select = `SELECT * FROM (${fresh}${before ? ` UNION ALL ${kept}` : ""}) ORDER BY load_id`;
  await makeFolder(dirname(path));
  try {
    await duck.run(`COPY (${select}) TO ${quoteLiteral(aside)} (FORMAT parquet, COMPRESSION zstd)`);
    await syncFile(aside);
    await moveIntoPlace(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
  if (!before) await replaceFile(join(dirname(path), viewFile), reportView(dirname(path), folder.schema, name));
}

/** Whether a report's file is as new as the table's last commit. */
export async function reportIsFresh(
  root: string,
  folder: TableFolder,
  name: Report["name"],
  committedAt: string,
): Promise<boolean> {
  const file = await stat(reportFile(root, folder, name)).catch(() => undefined);
  return file !== undefined && file.mtimeMs >= Date.parse(committedAt);
}

/** The view over the reports of a schema's tables. */
export function reportView(folder: string, schema: string | undefined, name: Report["name"]): string {
  const view = quoteTable({ schema, name });
  const files = quoteLiteral(`${literalPath(folder)}/*.parquet`);
  return `${schemaStatement(schema ?? null)}CREATE OR REPLACE VIEW ${view} AS\nSELECT * FROM read_parquet(${files});\n`;
}
