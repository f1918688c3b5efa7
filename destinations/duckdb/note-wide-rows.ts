import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { wideTableNames, wideTablesComment } from "../../sdk/sql/duckdb/wide-tables.js";
import { loadsTable } from "./own-tables.js";
import type { Session } from "./session.js";
import type { Density } from "./wide-rows.js";

/** One of the tables that a load writes. */
export interface SeenTable {
  readonly name: string;
  readonly density: Density;
  /** It has no rows but the load's. */
  readonly isReplaced: boolean;
}

/** Notes, in a load's transaction, which of its tables have wide rows; returns whether one of them was given any. */
export async function noteWideRows(
  session: Session,
  connection: EngineConnection,
  schema: string,
  seen: readonly SeenTable[],
): Promise<boolean> {
  const isWide = seen.some(({ density }) => density.isWide);
  if (isWide) await session.keepApart();
  if (!session.keepsApart || !session.isFile) return false;
  const known = seen.filter(({ density, isReplaced }) => density.isWide || isReplaced);
  await noteTables(connection, schema, new Map(known.map(({ name, density }) => [name, density.isWide])));
  return isWide;
}

async function noteTables(
  connection: EngineConnection,
  schema: string,
  tables: ReadonlyMap<string, boolean>,
): Promise<void> {
  const { rows } = await connection.query(
    `SELECT comment FROM duckdb_tables() WHERE database_name = current_database()
     AND lower(schema_name) = lower($1) AND table_name = '_sluice_loads'`,
    [schema],
  );
  const before = wideTableNames(rows[0]?.[0]);
  const wide = [...tables].filter(([, isWide]) => isWide).map(([name]) => name);
  const after = [...new Set([...before.filter((name) => tables.get(name) !== false), ...wide])];
  if (after.join() === before.join()) return;
  const comment = after.length === 0 ? "NULL" : quoteLiteral(wideTablesComment(after));
  await connection.run(`COMMENT ON TABLE ${loadsTable(schema)} IS ${comment}`);
}
