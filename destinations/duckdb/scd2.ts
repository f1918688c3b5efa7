import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { ensureTable } from "./ensure-table.js";
import { createStage, dropOutrun, dropStage, keepNewest, sameKey, stage } from "./keyed-stage.js";
import { loadIdColumn, validFromColumn, validToColumn } from "./own-tables.js";
import type { LoadShape, Strategy, StrategyContext } from "./strategy.js";

/**
 * scd2: every version of a key is a row, the current one with no `_sluice_valid_to`. A version that is as it was adds
 * nothing; with a full refresh, keys that did not come are closed. The versions of a key are contiguous: one ends at the
 * moment, later than its beginning, at which the next begins. The moment is the load's id, which counts microseconds.
 */
export function scd2Strategy(context: StrategyContext): Strategy {
  const { connection, target } = context;
  const table = quoteTable(context.table);
  const key = sameKey(target.primaryKey, "old", "new");
  let load: LoadShape;

  return {
    table: context.table,
    async open(given) {
      load = given;
      await ensureTable(context, context.table, load);
      return await createStage(context, load.columns);
    },
    async settle() {
      const isCurrent = `old.${validToColumn} IS NULL`;
      const older = (await keepNewest(context)) + (await dropOutrun(context, load.asOf, isCurrent));
      const moment = `make_timestamptz(${load.id})`;
      const later = `greatest(${moment}, old.${validFromColumn} + INTERVAL 1 MICROSECOND)`;
      if (target.fullRefresh) {
        await connection.run(
          `UPDATE ${table} AS old SET ${validToColumn} = ${later}
           WHERE ${validToColumn} IS NULL AND NOT EXISTS (FROM ${stage} AS new WHERE ${key})`,
        );
      }
      const unchanged = await connection.run(
        `DELETE FROM ${stage} AS new USING ${table} AS old
         WHERE ${key} AND old.${validToColumn} IS NULL AND ${sameValues(load, target.primaryKey)}`,
      );
      const names = [...load.columns, ...load.kept].map(({ name }) => quoteIdentifier(name)).join(", ");
      const kept = load.kept.map(({ name }) => `, old.${quoteIdentifier(name)}`).join("");
      const [mark, id] = target.metadataColumns ? [`, ${loadIdColumn}`, `, ${load.id}`] : ["", ""];
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE ${opened} AS SELECT new.*${kept}, ${later} AS ${validFromColumn}
         FROM ${stage} AS new LEFT JOIN ${table} AS old ON ${key} AND old.${validToColumn} IS NULL`,
      );
      await connection.run(
        `UPDATE ${table} AS old SET ${validToColumn} = new.${validFromColumn} FROM ${opened} AS new
         WHERE ${key} AND old.${validToColumn} IS NULL`,
      );
      const written = await connection.run(
        `INSERT INTO ${table} (${names}${mark}, ${validFromColumn}) SELECT ${names}${id}, ${validFromColumn} FROM ${opened}`,
      );
      await connection.run(`DROP TABLE temp.main.${opened}`);
      await dropStage(context);
      return { written, deduplicated: older + unchanged };
    },
  };
}

/** The versions of a load that become current, with the moment from which they are. */
const opened = "_sluice_opened";

/** NaN equals NaN and 0 equals -0 to DuckDB; the bits tell floats apart. */
function sameValues({ columns }: LoadShape, keys: readonly string[]): string {
  const compared = columns
    .filter(({ name }) => !keys.includes(name))
    .map(({ name, type }) => {
      const value = quoteIdentifier(name);
      const text = type.kind === "float32" || type.kind === "float64" ? "::VARCHAR" : "";
      return `old.${value}${text} IS NOT DISTINCT FROM new.${value}${text}`;
    });
  return compared.length === 0 ? "true" : compared.join(" AND ");
}
