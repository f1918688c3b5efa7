import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, replaceFile } from "./durable.js";
import { viewFile, viewsFile } from "./layout.js";

/**
 * Writes `_sluice_views.sql` anew from the view that stands in each table's folder. Writers of other tables may do the
 * same at this moment: it is repeated until nothing changed while it was made.
 */
export async function writeViews(root: string): Promise<void> {
  let content = await collectViews(root);
  for (;;) {
    await replaceFile(join(root, viewsFile), content);
    const again = await collectViews(root);
    if (again === content) return;
    content = again;
  }
}

const heading = `-- The committed tables as DuckDB views; written anew with every load.
-- duckdb -cmd ".read _sluice_views.sql"

`;

const tableFolders = new Set(["_log", "data", "quarantine"]);

async function collectViews(root: string): Promise<string> {
  const parts: string[] = [];
  for (const name of await subfolders(root)) {
    const view = await readView(join(root, name));
    parts.push(view);
    const inside = await subfolders(join(root, name));
    // A table's own folders need no look, however many tables there are.
    const tables = view === "" ? inside : inside.filter((folder) => !tableFolders.has(folder));
    for (const table of tables) parts.push(await readView(join(root, name, table)));
  }
  return heading + parts.filter((part) => part !== "").join("\n");
}

async function readView(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, viewFile), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  }
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
