import { DataError } from "../../sdk/errors.js";
import { scalar } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { rowNumberColumn } from "../../sdk/sql/key-rows.js";
import { deleteOutrun } from "../../sdk/sql/outrun-rows.js";
import type { Intake, StrategyContext } from "./strategy.js";

/** Where merge and scd2 gather a load: a table of the connection alone, which no file ever sees. */
export const stage = "temp.main._sluice_stage";

export async function createStage({ connection }: StrategyContext, columns: readonly Column[]): Promise<Intake> {
  await connection.run(stageTable("_sluice_stage", [...columns, rowNumber]));
  return { table: stage, loadId: false, rowNumbers: true };
}

const rowNumber = { name: rowNumberColumn, type: scalar("int64") };

/** The statement that makes a table of the connection alone, anew. */
export function stageTable(name: string, columns: readonly Pick<Column, "name" | "type">[]): string {
  const definitions = columns.map((column) => `${quoteIdentifier(column.name)} ${duckType(column.type)}`);
  return `CREATE OR REPLACE TEMP TABLE ${name} (${definitions.join(", ")})`;
}

export async function dropStage({ connection }: StrategyContext): Promise<void> {
  await connection.run(`DROP TABLE ${stage}`);
}

/**
 * Leaves a key's newest row in the stage, or another relation with numbered rows: the greatest cursor, among equals the
 * row written last. Returns how many rows went.
 * @throws DataError `key.null` naming the first row without a key
 */
export async function keepNewest(context: StrategyContext, relation: string = stage): Promise<number> {
  const { connection, target } = context;
  await refuseNullKeys(context, relation);
  const keys = target.primaryKey.map(quoteIdentifier).join(", ");
  const twice = await connection.query(`SELECT 1 FROM ${relation} GROUP BY ${keys} HAVING count(*) > 1 LIMIT 1`);
  if (twice.rows.length === 0) return 0;
  const cursor = target.cursorField === undefined ? "" : `${quoteIdentifier(target.cursorField)} DESC NULLS LAST, `;
  return await connection.run(
    `DELETE FROM ${relation} WHERE ${rowNumberColumn} IN (
       SELECT ${rowNumberColumn} FROM ${relation}
       QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY ${cursor}${rowNumberColumn} DESC) > 1)`,
  );
}

async function refuseNullKeys({ connection, target }: StrategyContext, relation: string): Promise<void> {
  const missing = target.primaryKey.map((key) => `${quoteIdentifier(key)} IS NULL`).join(" OR ");
  const { columns, rows } = await connection.query(
    `SELECT * EXCLUDE (${rowNumberColumn}) FROM ${relation} WHERE ${missing} ORDER BY ${rowNumberColumn} LIMIT 1`,
  );
  const values = rows[0];
  if (values === undefined) return;
  const column = target.primaryKey.find((key) => values[columns.indexOf(key)] === null);
  const row = JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, values[i]]))).slice(0, 500);
  throw new DataError("key.null", `${target.stream}: key column '${column}' is null in row ${row}`, {
    stream: target.stream,
    ...(column === undefined ? {} : { column }),
    row,
    hint: "correct the row at the source, or choose a primary_key that is never null",
  });
}

/**
 * Takes rows out of the stage over which the table has something newer. Returns how many.
 * @param current a condition on the table's rows, as `old`, that may be replaced
 */
export async function dropOutrun(
  { connection, target, table }: StrategyContext,
  asOf: number | undefined,
  current?: string,
): Promise<number> {
  const among = current === undefined ? {} : { current };
  const sql = deleteOutrun({ target, stage, table: quoteTable(table), asOf, ...among, quote: quoteIdentifier });
  return sql === undefined ? 0 : await connection.run(sql);
}

/** `a.key = b.key AND …` */
export function sameKey(keys: readonly string[], a: string, b: string): string {
  return keys.map((key) => `${a}.${quoteIdentifier(key)} = ${b}.${quoteIdentifier(key)}`).join(" AND ");
}
