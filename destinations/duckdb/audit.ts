import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { auditTable, type Relation } from "../../sdk/sql/table-audit.js";
import type { CheckResult, TableCheck } from "../../sdk/table-check.js";
import { loadIdColumn } from "./own-tables.js";
import { findTable, type TableName } from "./relation.js";
import type { StrategyContext } from "./strategy.js";

/** A load that is settled and not committed. */
export interface SettledLoad {
  readonly id: number;
  /** Where its rows stand: the table, or the one that is built aside. */
  readonly table: TableName;
  readonly written: number;
  readonly defaultSchema: string;
  /** The table has no other rows. */
  readonly isAll: boolean;
}

/** DuckDB numbers the rows that a transaction has added, and not yet committed, from here on. */
const firstLocalRow = "36028797018960000";

/** See `Writer.audit`. Everything is asked in the load's own transaction, which sees the table as it will be. */
export async function auditLoad(
  { connection, target }: StrategyContext,
  { id, table, written, defaultSchema, isAll }: SettledLoad,
  checks: readonly TableCheck[],
): Promise<CheckResult[]> {
  const columns = (await findTable(connection, table)) ?? [];
  const name = quoteTable(table);
  const isNew = target.writeMode === "overwrite";
  const added = target.metadataColumns ? `${loadIdColumn} = ${id}` : `rowid >= ${firstLocalRow}`;
  return await auditTable(checks, {
    target: { ...target, schema: target.schema ?? defaultSchema },
    rows: { from: name, columns },
    staged: { from: isNew || isAll ? name : `(SELECT * FROM ${name} WHERE ${added})`, columns },
    async added() {
      if (!isNew) return written;
      const counted = await connection.query(`SELECT count(*) FROM ${name}`);
      return Number(counted.rows[0]?.[0]);
    },
    async find(schema = defaultSchema, other): Promise<Relation | undefined> {
      const found = await findTable(connection, { schema, name: other });
      return found && { from: quoteTable({ schema, name: other }), columns: found };
    },
    query: (sql) => connection.query(sql),
    quote: quoteIdentifier,
    comparable: (expression) => expression,
  });
}
