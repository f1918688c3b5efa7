import type { Staged } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { rowNumberColumn } from "../../sdk/sql/key-rows.js";
import { ensureTable } from "./ensure-table.js";
import { createStage, dropOutrun, dropStage, keepNewest, sameKey, stage } from "./keyed-stage.js";
import { loadIdColumn } from "./own-tables.js";
import { findTable } from "./relation.js";
import type { LoadShape, Strategy, StrategyContext } from "./strategy.js";

/**
 * merge: a key's newest row becomes its row in the table, by DELETE and INSERT, which needs no index. The first load goes
 * straight into its new table, and only the doubles come out again.
 */
export function mergeStrategy(context: StrategyContext): Strategy {
  const { connection, target } = context;
  const table = quoteTable(context.table);
  let load: LoadShape;
  let isFirst = false;
  let left = 0;

  async function settleFirst(): Promise<Staged> {
    const deduplicated = await keepNewest(context, table);
    const counted = await connection.query(`SELECT count(*) FROM ${table}`);
    return { written: Number(counted.rows[0]?.[0]), deduplicated };
  }

  async function settleLater(): Promise<Staged> {
    const deduplicated = (await keepNewest(context)) + (await dropOutrun(context, load.asOf));
    const keys = target.primaryKey.map(quoteIdentifier).join(", ");
    const kept = load.kept.map(({ name }) => quoteIdentifier(name));
    if (kept.length > 0) {
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE ${keptValues} AS SELECT DISTINCT ON (${keys}) ${keys}, ${kept.join(", ")}
         FROM ${table} AS old SEMI JOIN ${stage} AS new ON ${sameKey(target.primaryKey, "old", "new")}`,
      );
    }
    await connection.run(
      `DELETE FROM ${table} AS old USING ${stage} AS new WHERE ${sameKey(target.primaryKey, "old", "new")}`,
    );
    const names = load.columns.map(({ name }) => quoteIdentifier(name)).join(", ");
    const [mark, id] = target.metadataColumns ? [`, ${loadIdColumn}`, `, ${load.id}`] : ["", ""];
    const written = await connection.run(
      kept.length === 0
        ? `INSERT INTO ${table} (${names}${mark}) SELECT ${names}${id} FROM ${stage}`
        : `INSERT INTO ${table} (${names}, ${kept.join(", ")}${mark})
           SELECT ${names}, ${kept.join(", ")}${id} FROM ${stage} LEFT JOIN ${keptValues} USING (${keys})`,
    );
    if (kept.length > 0) await connection.run(`DROP TABLE temp.main.${keptValues}`);
    return { written, deduplicated };
  }

  return {
    table: context.table,
    async open(given) {
      load = given;
      isFirst = (await findTable(connection, context.table)) === undefined;
      await ensureTable(context, context.table, load);
      if (!isFirst) return await createStage(context, load.columns);
      await connection.run(`ALTER TABLE ${table} ADD COLUMN ${rowNumberColumn} BIGINT`);
      return { table, loadId: target.metadataColumns, rowNumbers: true };
    },
    async settle(rows) {
      const { written, deduplicated } = isFirst ? await settleFirst() : await settleLater();
      left = deduplicated;
      if (written + deduplicated === rows) return { written, deduplicated };
      const counts = `of ${rows} rows ${written} were written and ${deduplicated} were older versions`;
      throw new SystemError("merge.rows_lost", `${target.stream}: ${counts}`, { stream: target.stream });
    },
    standing: () => ({ relation: isFirst ? table : stage, keys: target.primaryKey, all: left === 0 }),
    async finish() {
      if (isFirst) await connection.run(`ALTER TABLE ${table} DROP COLUMN ${rowNumberColumn}`);
      else await dropStage(context);
    },
  };
}

/** What the rows that are replaced have in the columns that no row brings. */
const keptValues = "_sluice_kept";
