import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import type { Duck } from "./duck.js";
import { driftFolder, literalPath, loadsFolder } from "./layout.js";
import { quarantineView } from "./quarantine-links.js";
import { quarantinePaths } from "./read-quarantine.js";
import { reportView } from "./report-file.js";
import type { Session } from "./session.js";
import { childTables, tableView } from "./table-view.js";

/** Every committed table, every ledger, quarantine and list of schema decisions as a view. */
export async function makeViews({ catalog }: Session, duck: Duck): Promise<void> {
  const tables = await catalog.allTables();
  const schemas = new Map(tables.map(({ folder, snapshot }) => [dirname(folder), snapshot.schema ?? undefined]));
  for (const table of tables.flatMap((found) => [found, ...childTables(found)])) {
    const view = tableView(table);
    if (view !== "") await duck.run(view);
  }
  for (const [folder, schema] of schemas) {
    for (const name of [loadsFolder, driftFolder] as const) {
      const reports = join(folder, name);
      // A writer that was killed may have made the folder and nothing in it.
      const files = await readdir(reports).catch(() => []);
      if (files.some((file) => file.endsWith(".parquet"))) await duck.run(reportView(reports, schema, name));
    }
    const rejected = quarantinePaths(tables.filter((table) => dirname(table.folder) === folder));
    const files = rejected.map((path) => quoteLiteral(literalPath(path))).join(", ");
    if (rejected.length > 0) await duck.run(quarantineView(schema, `[${files}]`));
  }
}
