import { SystemError } from "../../sdk/errors.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { ensureTable } from "./ensure-table.js";
import { createStage, dropStage, keepNewest, sameKey, stage } from "./keyed-stage.js";
import { loadIdColumn } from "./own-tables.js";
import type { LoadShape, Strategy, StrategyContext } from "./strategy.js";

/** merge: a key's newest row becomes its row in the table, by DELETE and INSERT, which needs no index. */
export function mergeStrategy(context: StrategyContext): Strategy {
  const { connection, target } = context;
  const table = quoteTable(context.table);
  let load: LoadShape;
  return {
    async open(given) {
      load = given;
      await ensureTable(context, context.table, load);
      return await createStage(context, load.columns);
    },
    async settle(rows) {
      const deduplicated = await keepNewest(context);
      await connection.run(
        `DELETE FROM ${table} AS old USING ${stage} AS new WHERE ${sameKey(target.primaryKey, "old", "new")}`,
      );
      const names = load.columns.map(({ name }) => quoteIdentifier(name)).join(", ");
      const [mark, id] = target.metadataColumns ? [`, ${loadIdColumn}`, `, ${load.id}`] : ["", ""];
      const written = await connection.run(`INSERT INTO ${table} (${names}${mark}) SELECT ${names}${id} FROM ${stage}`);
      await dropStage(context);
      if (written + deduplicated === rows) return { written, deduplicated };
      const counts = `of ${rows} rows ${written} were written and ${deduplicated} were older versions`;
      throw new SystemError("merge.rows_lost", `${target.stream}: ${counts}`, { stream: target.stream });
    },
  };
}
