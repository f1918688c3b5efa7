import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { loadIdColumn } from "./copy-statement.js";
import {
  countRows,
  expectRows,
  fileColumn,
  isOneOf,
  type KeyedContext,
  keyColumns,
  newestTable,
  physicalColumns,
  rewritten,
  sameKey,
} from "./keyed-rows.js";
import type { Outcome } from "./stage.js";
import { selectFiles } from "./table-view.js";

/** merge: files that hold a key of the load are written anew without it, and the load's rows are added. */
export async function mergeRows(context: KeyedContext): Promise<Omit<Outcome, "deduplicated">> {
  const { duck, target, folder, snapshot, columns, kept, written } = context;
  const count = await countRows(duck, `FROM ${newestTable}`);
  if (count === 0) return { add: await written.finish(), remove: [], written: 0 };
  const all = physicalColumns(columns, target);
  const { rows: replaced } = await duck.query(
    `SELECT ${fileColumn}, count(*) FROM (${selectFiles(folder, snapshot, snapshot.files, keyColumns(context), fileColumn)}) AS old
     WHERE EXISTS (SELECT 1 FROM ${newestTable} AS new WHERE ${sameKey(target, "new", "old")}) GROUP BY ALL`,
  );
  const affected = rewritten(context, new Set(replaced.map(([path]) => String(path))));
  const values = columns.map((column) => `${isOneOf(kept, column) ? "old" : "new"}.${quoteIdentifier(column.name)}`);
  const carried = [...keyColumns(context), ...kept];
  const carrying = `LEFT JOIN (${selectFiles(folder, snapshot, affected, carried)}) AS old ON ${sameKey(target, "new", "old")}`;
  const mark = target.metadataColumns ? `, ${context.loadId} AS ${quoteIdentifier(loadIdColumn.name)}` : "";
  const rows = await written.select(
    `SELECT * FROM (${selectFiles(folder, snapshot, affected, all)}) AS old
     WHERE NOT EXISTS (SELECT 1 FROM ${newestTable} AS new WHERE ${sameKey(target, "new", "old")})
     UNION ALL SELECT ${values.join(", ")}${mark} FROM ${newestTable} AS new ${kept.length === 0 ? "" : carrying}`,
    all,
  );
  const before = affected.reduce((sum, file) => sum + file.rows, 0);
  const gone = replaced.reduce((sum, [, matched]) => sum + Number(matched), 0);
  expectRows(context, rows, before - gone + count);
  return { add: await written.finish(), remove: affected.map(({ path }) => path), written: count };
}
