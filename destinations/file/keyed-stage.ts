import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type Column, DataError, SystemError, scalar, type Target } from "../../sdk/index.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import type { Load } from "../../sdk/sql/duckdb/load.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { rowNumberColumn } from "../../sdk/sql/key-rows.js";
import type { Duck } from "./duck.js";
import { makeFolder } from "./durable.js";
import { countRows, isOneOf, type KeyedLoad, newestTable } from "./keyed-rows.js";
import { mergeRows } from "./merge.js";
import { openParts } from "./parts.js";
import { closeAndOpen } from "./scd2.js";
import type { Stage } from "./stage.js";

const stagedTable = "staged";
/** Counts the rows in the order they came. */
const orderColumn: Column = { name: rowNumberColumn, type: scalar("int64"), nullable: false };
/** More than any one part has rows. */
const partSpan = 2 ** 40;

/**
 * Rows that meet others of their key: write modes merge and scd2. They are gathered in a temporary table (it spills to
 * the scratch folder), then the files they touch are written anew.
 */
export function keyedStage(load: KeyedLoad): Stage {
  const { target, parts, standing } = load;
  const { duck } = parts;
  let open: Load | undefined;
  let part = 0;
  let made = false;
  const written = openParts({ ...parts, loadId: undefined });

  async function makeTable(columns: readonly Column[]): Promise<void> {
    if (made) return;
    made = true;
    const definitions = [...columns, orderColumn].map(({ name, type }) => `${quoteIdentifier(name)} ${duckType(type)}`);
    await duck.run(`CREATE OR REPLACE TEMP TABLE ${stagedTable} (${definitions.join(", ")})`);
  }

  async function endOpenPart(): Promise<void> {
    await open?.end();
    open = undefined;
  }

  return {
    async write(batch) {
      if (open === undefined) {
        await makeTable(batch.columns);
        const order = `batch_row + ${part++ * partSpan} AS batch_row`;
        const sql = `INSERT INTO ${stagedTable} SELECT * REPLACE (${order}) FROM batch()`;
        open = duck.load({ sql, columns: batch.columns, rowNumbers: true });
      }
      await open.write(batch);
    },
    async scan(scan) {
      await endOpenPart();
      await makeTable(scan.columns);
      const order = `row_number() OVER () + ${part++ * partSpan}`;
      const names = scan.columns.map(({ name }) => quoteIdentifier(name)).join(", ");
      await duck.run("SET preserve_insertion_order = true");
      for (const statement of scan.setup ?? []) await duck.run(statement);
      try {
        const { read } = await duck.scan(`INSERT INTO ${stagedTable} SELECT ${names}, ${order} FROM (${scan.sql})`);
        return read;
      } finally {
        for (const statement of scan.undo ?? []) await duck.run(statement);
      }
    },
    async finish(snapshot, columns, kept) {
      await endOpenPart();
      await makeTable(columns.filter((column) => !isOneOf(kept, column)));
      const given = await countRows(duck, `FROM ${stagedTable}`);
      if (standing !== undefined) await makeFolder(dirname(standing));
      await keepNewest(duck, target, standing);
      const context = { ...load, duck, snapshot, columns, kept, written };
      const outcome = await (target.writeMode === "merge" ? mergeRows(context) : closeAndOpen(context));
      const counted = { ...outcome, deduplicated: given - outcome.written, staged: newestTable };
      return standing === undefined ? counted : { ...counted, standing };
    },
    async release() {
      await duck.run(`DROP TABLE IF EXISTS ${newestTable}`);
      if (standing !== undefined) await rm(standing, { force: true });
    },
    async discard() {
      await open?.abort(new SystemError("writer.aborted", "the load was aborted"));
      open = undefined;
      await written.discard();
      if (standing !== undefined) await rm(standing, { force: true });
      if (made) await duck.run(`DROP TABLE IF EXISTS ${stagedTable}; DROP TABLE IF EXISTS ${newestTable}`);
    },
  };
}

/** Makes `newest` of the staged rows, and the file `standing`, see `Outcome`. @throws DataError `merge.null_key` */
async function keepNewest(duck: Duck, target: Target, standing: string | undefined): Promise<void> {
  const keys = target.primaryKey.map(quoteIdentifier);
  const missing = keys.map((key) => `${key} IS NULL`).join(" OR ");
  const { rows } = await duck.query(
    `SELECT ${keys.map((key) => `CAST(${key} AS VARCHAR)`).join(", ")} FROM ${stagedTable} WHERE ${missing} LIMIT 1`,
  );
  if (rows[0] !== undefined) throw nullKey(target, rows[0]);
  const row = quoteIdentifier(orderColumn.name);
  const cursor = target.cursorField === undefined ? "" : `${quoteIdentifier(target.cursorField)} DESC NULLS LAST, `;
  // Only row numbers go through the window: DuckDB turns it into an aggregate that makes 0 of a -0 in what it carries.
  const winners = `SELECT ${row} FROM ${stagedTable}
    QUALIFY row_number() OVER (PARTITION BY ${keys.join(", ")} ORDER BY ${cursor}${row} DESC) = 1`;
  await duck.run(
    `CREATE OR REPLACE TEMP TABLE ${newestTable} AS SELECT * EXCLUDE (${row}) FROM ${stagedTable}
     WHERE ${row} IN (${winners})`,
  );
  if (standing !== undefined) {
    const numbered = `SELECT ${keys.join(", ")}, ${row} FROM ${stagedTable} WHERE ${row} IN (${winners})`;
    await duck.run(`COPY (${numbered}) TO ${quoteLiteral(standing)} (FORMAT parquet)`);
  }
  await duck.run(`DROP TABLE ${stagedTable}`);
}

function nullKey({ stream, primaryKey }: Target, row: readonly unknown[]): DataError {
  const text = primaryKey.map((name, at) => `${name} = ${row[at] ?? "NULL"}`).join(", ");
  const column = primaryKey.find((_, at) => row[at] === null);
  return new DataError("merge.null_key", `a row of '${stream}' has no key: ${text}`, {
    stream,
    row: text,
    ...(column === undefined ? {} : { column }),
    hint: "fix the row at the source, filter it out, or choose a primary key that is never NULL",
  });
}
