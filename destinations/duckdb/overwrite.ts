import type { Target } from "../../sdk/destination.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { quoteIdentifier, quoteLiteral, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { shadowName } from "../../sdk/sql/shadow-name.js";
import { ensureTable } from "./ensure-table.js";
import { forgetLoads } from "./loads.js";
import type { TableName } from "./relation.js";
import type { Strategy, StrategyContext } from "./strategy.js";

/**
 * overwrite: rows go into a new table beside the old one, which takes its place in the last commit. Views go by the name
 * and see the new table; readers see the old one whole until then.
 */
export function overwriteStrategy(context: StrategyContext): Strategy {
  const { connection, target, table } = context;
  const shadow = { schema: table.schema, name: shadowName(target, context.child) };
  return {
    table: shadow,
    async open(load) {
      await ensureTable(context, shadow, load);
      await noteLoad(connection, shadow, load.id);
      return { table: quoteTable(shadow), loadId: target.metadataColumns, rowNumbers: false };
    },
    settle: async (rows) => ({ written: rows, deduplicated: 0 }),
    async publish() {
      await connection.run(
        `COMMENT ON TABLE ${quoteTable(shadow)} IS NULL; DROP TABLE IF EXISTS ${quoteTable(table)};
         ALTER TABLE ${quoteTable(shadow)} RENAME TO ${quoteIdentifier(table.name)}`,
      );
    },
  };
}

/**
 * Throws away what a run left that ended between two loads of an overwrite, child tables too, and the ledger rows of those
 * loads.
 */
export async function dropShadows(connection: EngineConnection, schema: string, target: Target): Promise<void> {
  const { rows } = await connection.query(
    `SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()
     AND lower(schema_name) = lower($1) AND starts_with(table_name, $2)`,
    [schema, shadowName(target)],
  );
  for (const [name] of rows) {
    const shadow = { schema, name: String(name) };
    const loads = await notedLoads(connection, shadow);
    if (loads.length > 0) await forgetLoads(connection, schema, target, loads);
    await connection.run(`DROP TABLE ${quoteTable(shadow)}`);
  }
}

/** The loads that were committed into a table nobody has seen yet stand in its comment. */
async function noteLoad(connection: EngineConnection, shadow: TableName, loadId: number): Promise<void> {
  const loads = [...(await notedLoads(connection, shadow)), loadId];
  await connection.run(`COMMENT ON TABLE ${quoteTable(shadow)} IS ${quoteLiteral(JSON.stringify(loads))}`);
}

async function notedLoads(connection: EngineConnection, shadow: TableName): Promise<number[]> {
  const { rows } = await connection.query(
    `SELECT comment FROM duckdb_tables() WHERE database_name = current_database()
     AND lower(schema_name) = lower($1) AND table_name = $2`,
    [shadow.schema, shadow.name],
  );
  const comment = rows[0]?.[0];
  return typeof comment === "string" ? (JSON.parse(comment) as number[]) : [];
}
