import { link, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { quoteLiteral, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { removeIfEmpty } from "./cleanup.js";
import { errorCode, makeFolder, replaceFile } from "./durable.js";
import { literalPath, quarantineFolder, quarantineLinks, type TableFolder, viewFile } from "./layout.js";
import type { Snapshot } from "./log/snapshot.js";
import { schemaStatement } from "./table-view.js";

/**
 * Shows the files of a table's rejected rows beside those of the schema's other tables, as second names of the files that the
 * log speaks of: what is not committed is not there.
 */
export async function linkQuarantine(root: string, folder: TableFolder, snapshot: Snapshot): Promise<void> {
  const place = quarantineLinks(root, folder);
  const wanted = new Map(snapshot.quarantine.map(({ path }) => [path.replaceAll("/", "-"), join(folder.root, path)]));
  const present = await readdir(place).catch(absent);
  if (present.length + wanted.size === 0) return;
  if (wanted.size > 0) await makeFolder(place);
  for (const [name, file] of wanted) {
    if (!present.includes(name)) await link(file, join(place, name)).catch(unless("EEXIST"));
  }
  for (const name of present) {
    if (!wanted.has(name)) await rm(join(place, name), { force: true });
  }
  await removeIfEmpty(place);
  const all = dirname(place);
  const isEmpty = (await readdir(all).catch(absent)).every((name) => name === viewFile);
  if (isEmpty) await rm(all, { recursive: true, force: true });
  else
    await replaceFile(
      join(all, viewFile),
      quarantineView(folder.schema, quoteLiteral(`${literalPath(all)}/*/*.parquet`)),
    );
}

/** The view over the rejected rows of a schema's tables; `files` is a pattern or a list in SQL. */
export function quarantineView(schema: string | undefined, files: string): string {
  const view = quoteTable({ schema, name: quarantineFolder });
  return `${schemaStatement(schema ?? null)}CREATE OR REPLACE VIEW ${view} AS\nSELECT * FROM read_parquet(${files}, hive_partitioning = false);\n`;
}

function absent(error: unknown): string[] {
  if (errorCode(error) === "ENOENT") return [];
  throw error;
}

function unless(code: string): (error: unknown) => void {
  return (error) => {
    if (errorCode(error) !== code) throw error;
  };
}
