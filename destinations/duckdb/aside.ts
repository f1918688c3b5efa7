import type { Target } from "../../sdk/destination.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { quoteIdentifier, quoteLiteral, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { shadowName } from "../../sdk/sql/shadow-name.js";
import { loadIdColumn } from "./own-tables.js";
import type { TableName } from "./relation.js";

export interface AsideOptions {
  readonly connection: EngineConnection;
  readonly table: TableName;
  /** Another name, of this load alone, for a table that was there before. */
  readonly hidden: string;
  /** Another name for one that this load has made: what has it is dropped when the stream is taken over. */
  readonly shadow: string;
  /** The column that says which load wrote a row; undefined where there is none. */
  readonly loadColumn: string | undefined;
  readonly loadId: number;
  readonly isNew: boolean;
}

/**
 * A table that a load writes into over several transactions while nobody sees its rows: it goes by another name, and a view
 * in its place shows what it had before.
 */
export interface Aside {
  /** The table's name as it is now, quoted. */
  readonly name: string;
  readonly isPut: boolean;
  /** Whether nothing stands against it: DuckDB renames no table with an index, and starts no row group in it either. */
  can(): Promise<boolean>;
  put(): Promise<void>;
  /** The table has its name again, with the load's rows, once the transaction is committed. */
  bringBack(): Promise<void>;
}

/** What stands in the comment of the view, for whoever opens the file after a kill. */
interface PutAside {
  readonly table: string;
  readonly load_column: string;
  readonly load_id: number;
}

const commentKey = "_sluice_put_aside";

export function tableAside({ connection, table, isNew, ...options }: AsideOptions): Aside {
  const { hidden, shadow, loadColumn, loadId } = options;
  const own = quoteTable(table);
  const other = quoteTable({ schema: table.schema, name: isNew ? shadow : hidden });
  let isPut = false;

  function viewInstead(): string {
    const column = quoteIdentifier(loadColumn!);
    const facts: PutAside = { table: hidden, load_column: loadColumn!, load_id: loadId };
    return `CREATE VIEW ${own} AS SELECT * FROM ${other} WHERE ${column} IS DISTINCT FROM ${loadId};
      COMMENT ON VIEW ${own} IS ${quoteLiteral(JSON.stringify({ [commentKey]: facts }))}`;
  }

  return {
    get name() {
      return isPut ? other : own;
    },
    get isPut() {
      return isPut;
    },
    async can() {
      if (isNew || isPut) return true;
      if (loadColumn === undefined) return false;
      const { rows } = await connection.query(
        `SELECT 1 FROM duckdb_indexes() WHERE database_name = current_database()
         AND lower(schema_name) = lower($1) AND lower(table_name) = lower($2)
         UNION ALL SELECT 1 FROM duckdb_constraints() WHERE database_name = current_database()
         AND lower(schema_name) = lower($1) AND lower(table_name) = lower($2)
         AND constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')`,
        [table.schema, table.name],
      );
      return rows.length === 0;
    },
    async put() {
      if (isPut) return;
      const name = quoteIdentifier(isNew ? shadow : hidden);
      await connection.run(`ALTER TABLE ${own} RENAME TO ${name}${isNew ? "" : `; ${viewInstead()}`}`);
      isPut = true;
    },
    async bringBack() {
      if (!isPut) return;
      const drop = isNew ? "" : `DROP VIEW ${own}; `;
      await connection.run(`${drop}ALTER TABLE ${other} RENAME TO ${quoteIdentifier(table.name)}`);
      isPut = false;
    },
  };
}

/** The names that a stream's table has, or one of its child tables, while it is put aside. */
export function asideNames(target: Pick<Target, "connection" | "stream" | "metadataColumns">, child?: string) {
  const shadow = shadowName(target, child);
  const loadColumn = target.metadataColumns ? loadIdColumn : undefined;
  return { shadow, hidden: shadow.replace("_new_", "_hidden_"), loadColumn };
}

/** Gives tables back their names and takes out the rows of loads that were never committed: what a killed run left. */
export async function recoverAside(connection: EngineConnection): Promise<void> {
  const { rows } = await connection.query(
    `SELECT schema_name, view_name, comment FROM duckdb_views()
     WHERE NOT internal AND database_name = current_database() AND starts_with(comment, $1)`,
    [`{"${commentKey}":`],
  );
  for (const [schema, name, comment] of rows) {
    const facts = (JSON.parse(String(comment)) as Record<string, PutAside>)[commentKey]!;
    const hidden = quoteTable({ schema: String(schema), name: facts.table });
    await connection.run(
      `DROP VIEW ${quoteTable({ schema: String(schema), name: String(name) })};
       DELETE FROM ${hidden} WHERE ${quoteIdentifier(facts.load_column)} = ${facts.load_id};
       ALTER TABLE ${hidden} RENAME TO ${quoteIdentifier(String(name))}`,
    );
  }
}
