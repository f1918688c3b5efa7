import { DataError } from "../../sdk/errors.js";
import { scalar } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { rowNumberColumn } from "../../sdk/sql/key-rows.js";
import { deleteOutrun } from "../../sdk/sql/outrun-rows.js";
import { asideNames } from "./aside.js";
import type { Intake, StrategyContext } from "./strategy.js";
import type { RowBytes } from "./wide-rows.js";

/** Where a load is gathered that later goes into its table: by default a table of the connection alone, which no file ever sees. */
export interface LoadStage {
  /** Quoted. */
  readonly relation: string;
  create(columns: readonly Pick<Column, "name" | "type">[]): Promise<Intake>;
  /** Puts it into the file, under a name that is dropped when the stream is taken over. See `Strategy.cut`. */
  cut(taken: RowBytes): Promise<void>;
  /** Conditions on its rows, each on as many as may be stored together; undefined where one transaction has them all. */
  readonly parts: readonly string[] | undefined;
  drop(): Promise<void>;
}

export interface LoadStageOptions {
  /** Of the connection's own table. */
  readonly name: string;
  /** Whether its rows are numbered from the first on; otherwise from the first cut on. */
  readonly numbered: boolean;
}

export function loadStage(context: StrategyContext, { name, numbered }: LoadStageOptions): LoadStage {
  const { connection, table, target, child, parts } = context;
  const own = `temp.main.${name}`;
  const inFile = quoteTable({ schema: table.schema, name: `${asideNames(target, child).shadow}_stage` });
  let isInFile = false;
  let ends: RowBytes[] = [];
  const stage: LoadStage = {
    get relation() {
      return isInFile ? inFile : own;
    },
    async create(columns) {
      isInFile = false;
      ends = [];
      await connection.run(stageTable(name, numbered ? [...columns, rowNumber] : columns));
      return {
        get table() {
          return stage.relation;
        },
        loadId: false,
        get rowNumbers() {
          return numbered || isInFile;
        },
      };
    },
    async cut(taken) {
      if (!isInFile) {
        const number = numbered ? "" : `, row_number() OVER () - 1 AS ${rowNumberColumn}`;
        await connection.run(`CREATE TABLE ${inFile} AS SELECT *${number} FROM ${own}; DROP TABLE ${own}`);
      }
      isInFile = true;
      ends.push(taken);
    },
    get parts() {
      if (!isInFile) return undefined;
      return ranges(ends, parts.most);
    },
    async drop() {
      await connection.run(`DROP TABLE ${stage.relation}`);
    },
  };
  return stage;
}

const rowNumber = { name: rowNumberColumn, type: scalar("int64") };

/** The rows up to each end, as many ends together as their bytes allow, and those after the last. */
function ranges(ends: readonly RowBytes[], most: number): string[] {
  const conditions: string[] = [];
  let from = { rows: 0, bytes: 0 };
  for (const [at, end] of ends.entries()) {
    const next = ends[at + 1];
    if (end.rows === from.rows || (next !== undefined && next.bytes - from.bytes <= most)) continue;
    conditions.push(`${rowNumberColumn} >= ${from.rows} AND ${rowNumberColumn} < ${end.rows}`);
    from = end;
  }
  return [...conditions, `${rowNumberColumn} >= ${from.rows}`];
}

/** The statement that makes a table of the connection alone, anew. */
export function stageTable(name: string, columns: readonly Pick<Column, "name" | "type">[]): string {
  const definitions = columns.map((column) => `${quoteIdentifier(column.name)} ${duckType(column.type)}`);
  return `CREATE OR REPLACE TEMP TABLE ${name} (${definitions.join(", ")})`;
}

/**
 * Leaves a key's newest row in a relation with numbered rows: the greatest cursor, among equals the row written last.
 * Returns how many rows went.
 * @throws DataError `key.null` naming the first row without a key
 */
export async function keepNewest(context: StrategyContext, relation: string): Promise<number> {
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
  const first = await connection.query(`SELECT min(${rowNumberColumn}) FROM ${relation} WHERE ${missing}`);
  const number = first.rows[0]?.[0];
  if (number === null || number === undefined) return;
  const { columns, rows } = await connection.query(
    `SELECT * EXCLUDE (${rowNumberColumn}) FROM ${relation} WHERE ${rowNumberColumn} = ${String(number)}`,
  );
  const values = rows[0] ?? [];
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
  { stage, asOf, current }: { readonly stage: LoadStage; readonly asOf: number | undefined; readonly current?: string },
): Promise<number> {
  const among = current === undefined ? {} : { current };
  const facts = { target, stage: stage.relation, table: quoteTable(table), asOf, ...among };
  const sql = deleteOutrun({ ...facts, quote: quoteIdentifier });
  return sql === undefined ? 0 : await connection.run(sql);
}

/** `a.key = b.key AND …` */
export function sameKey(keys: readonly string[], a: string, b: string): string {
  return keys.map((key) => `${a}.${quoteIdentifier(key)} = ${b}.${quoteIdentifier(key)}`).join(" AND ");
}
