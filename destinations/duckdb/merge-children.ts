import { parentRowColumn } from "../../sdk/child-table.js";
import { SystemError } from "../../sdk/errors.js";
import { scalar } from "../../sdk/schema/column-type.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { deleteBelonging, type KeyRows, rowNumberColumn } from "../../sdk/sql/key-rows.js";
import { ensureTable } from "./ensure-table.js";
import { stageTable } from "./keyed-stage.js";
import { loadIdColumn } from "./own-tables.js";
import { findTable } from "./relation.js";
import type { LoadShape, Strategy, StrategyContext } from "./strategy.js";

const parentRow = { name: parentRowColumn, type: scalar("int64"), nullable: true };

/**
 * merge in a child table: what it has of the keys that a load writes is replaced by what came with the rows that stand.
 * A new table is filled straight. `primaryKey` of the context's target are the columns that hold the parent's key.
 */
export function mergeChildren(context: StrategyContext, parent: Strategy, stageName: string): Strategy {
  const { connection, target } = context;
  const table = quoteTable(context.table);
  const stage = `temp.main.${stageName}`;
  let load: LoadShape;
  let isNew = false;

  async function removeOf(parents: KeyRows): Promise<void> {
    if (isNew) return;
    const parentKey = target.primaryKey;
    await connection.run(deleteBelonging({ table, parentKey, parents, quote: quoteIdentifier }));
  }

  /** A condition on a child's row; undefined where all parents stand. */
  function stands(): string | undefined {
    const { relation, all } = parent.standing!();
    return all ? undefined : `${parentRowColumn} IN (SELECT ${rowNumberColumn} FROM ${relation})`;
  }

  async function settleNew(rows: number): Promise<number> {
    const condition = stands();
    const out = condition === undefined ? 0 : await connection.run(`DELETE FROM ${table} WHERE NOT (${condition})`);
    await connection.run(`ALTER TABLE ${table} DROP COLUMN ${parentRowColumn}`);
    return rows - out;
  }

  async function settleLater(): Promise<number> {
    await removeOf(parent.standing!());
    const names = load.columns.map(({ name }) => quoteIdentifier(name)).join(", ");
    const [mark, id] = target.metadataColumns ? [`, ${loadIdColumn}`, `, ${load.id}`] : ["", ""];
    const condition = stands();
    const written = await connection.run(
      `INSERT INTO ${table} (${names}${mark}) SELECT ${names}${id} FROM ${stage}
       ${condition === undefined ? "" : `WHERE ${condition}`}`,
    );
    await connection.run(`DROP TABLE ${stage}`);
    return written;
  }

  return {
    table: context.table,
    takesParentRows: true,
    async open(given) {
      load = given;
      isNew = (await findTable(connection, context.table)) === undefined;
      await ensureTable(context, context.table, load);
      if (isNew) {
        await connection.run(`ALTER TABLE ${table} ADD COLUMN ${parentRowColumn} BIGINT`);
        return { table, loadId: target.metadataColumns, rowNumbers: false };
      }
      await connection.run(stageTable(stageName, [...load.columns, parentRow]));
      return { table: stage, loadId: false, rowNumbers: false };
    },
    removeOf,
    async settle(rows) {
      const written = isNew ? await settleNew(rows) : await settleLater();
      if (written < rows && parent.standing!().all) {
        const counts = `of ${rows} rows of ${table} ${written} were written`;
        throw new SystemError("merge.rows_lost", `${target.stream}: ${counts}`, { stream: target.stream });
      }
      return { written, deduplicated: rows - written };
    },
  };
}
