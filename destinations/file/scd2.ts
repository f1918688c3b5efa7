import { type Column, scalar } from "../../sdk/index.js";
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

const validFrom: Column = { name: "_sluice_valid_from", type: scalar("timestamp"), nullable: false };
const validTo: Column = { name: "_sluice_valid_to", type: scalar("timestamp"), nullable: true };

/**
 * scd2: a key's current version is closed where the load has a different one (or, after a full refresh, none), and the
 * load's version is added as the current one. Both moments are the load's id, which counts microseconds.
 */
export async function closeAndOpen(context: KeyedContext): Promise<Omit<Outcome, "deduplicated">> {
  const { duck, target, folder, snapshot, columns, kept, written, loadId } = context;
  const [from, to] = [validFrom, validTo].map(({ name }) => quoteIdentifier(name));
  const carried = kept.map(({ name }) => `, old.${quoteIdentifier(name)}`).join("");
  const all = physicalColumns(columns, target, [validFrom, validTo]);
  const current = `(SELECT * FROM (${selectFiles(folder, snapshot, snapshot.files, [...columns, validFrom, validTo], fileColumn)}) WHERE ${to} IS NULL)`;
  const differs = columns
    .filter((column) => !target.primaryKey.includes(column.name) && !isOneOf(kept, column))
    .map(({ name }) => `new.${quoteIdentifier(name)} IS DISTINCT FROM old.${quoteIdentifier(name)}`);
  await duck.run(
    `CREATE OR REPLACE TEMP TABLE opened AS SELECT new.*${carried} FROM ${newestTable} AS new
     LEFT JOIN ${current} AS old ON ${sameKey(target, "new", "old")}
     WHERE ${[`old.${from} IS NULL`, ...differs].join(" OR ")}`,
  );
  const superseded = `EXISTS (SELECT 1 FROM opened AS new WHERE ${sameKey(target, "new", "old")})`;
  const absent = `NOT EXISTS (SELECT 1 FROM ${newestTable} AS new WHERE ${sameKey(target, "new", "old")})`;
  const keys = keyColumns(context).map(({ name }) => `old.${quoteIdentifier(name)}`);
  await duck.run(
    `CREATE OR REPLACE TEMP TABLE closed AS SELECT ${keys.join(", ")}, ${fileColumn} FROM ${current} AS old
     WHERE ${superseded}${target.fullRefresh ? ` OR ${absent}` : ""}`,
  );
  const opened = await countRows(duck, "FROM opened");
  const { rows: touched } = await duck.query(`SELECT DISTINCT ${fileColumn} FROM closed`);
  if (opened + touched.length > 0) {
    const affected = rewritten(context, new Set(touched.map(([path]) => String(path))));
    const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
    const moment = `make_timestamptz(${loadId})`;
    const mark = target.metadataColumns ? `, ${loadId} AS ${quoteIdentifier(loadIdColumn.name)}` : "";
    const ends = `${to} IS NULL AND EXISTS (SELECT 1 FROM closed WHERE ${sameKey(target, "closed", "old")})`;
    const rows = await written.select(
      `SELECT * REPLACE (CASE WHEN ${ends} THEN ${moment} ELSE ${to} END AS ${to})
       FROM (${selectFiles(folder, snapshot, affected, all)}) AS old
       UNION ALL SELECT ${names}, ${moment}, NULL${mark} FROM opened`,
      all,
    );
    expectRows(context, rows, affected.reduce((sum, file) => sum + file.rows, 0) + opened);
    await duck.run("DROP TABLE opened; DROP TABLE closed");
    return { add: await written.finish(), remove: affected.map(({ path }) => path), written: opened };
  }
  return { add: await written.finish(), remove: [], written: 0 };
}
