import { parentRowColumn } from "../../sdk/child-table.js";
import { SystemError } from "../../sdk/errors.js";
import { scalar } from "../../sdk/schema/column-type.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { deleteBelonging, type KeyRows, rowNumberColumn } from "../../sdk/sql/key-rows.js";
import type { Aside } from "./aside.js";
import { ensureTable } from "./ensure-table.js";
import { loadStage } from "./keyed-stage.js";
import { loadIdColumn } from "./own-tables.js";
import type { LoadShape, Strategy, StrategyContext } from "./strategy.js";
import { asideOf, gatherParts, straightInto } from "./strategy-aside.js";

const parentRow = { name: parentRowColumn, type: scalar("int64"), nullable: true };

/**
 * merge in a child table: what it has of the keys that a load writes is replaced by what came with the rows that stand.
 * A new table is filled straight. `primaryKey` of the context's target are the columns that hold the parent's key.
 */
export function mergeChildren(context: StrategyContext, parent: Strategy, stageName: string): Strategy {
  const { connection, target } = context;
  const table = quoteTable(context.table);
  const stage = loadStage(context, { name: stageName, numbered: false });
  let load: LoadShape;
  let aside: Aside;
  let isNew = false;
  /** Rows that are in the table already, beside those that they replace. */
  let moved: number | undefined;
  /** Rows of a new table that were taken out because their parents do not stand, once that was looked at. */
  let out: number | undefined;

  async function removeOf(parents: KeyRows): Promise<void> {
    if (isNew) return;
    const parentKey = target.primaryKey;
    const others = moved === undefined ? "" : ` AND old.${loadIdColumn} IS DISTINCT FROM ${load.id}`;
    await connection.run(`${deleteBelonging({ table, parentKey, parents, quote: quoteIdentifier })}${others}`);
  }

  /** A condition on a child's row; undefined where all parents stand. */
  function stands(): string | undefined {
    const { relation, all } = parent.standing!();
    return all ? undefined : `${parentRowColumn} IN (SELECT ${rowNumberColumn} FROM ${relation})`;
  }

  async function takeOut(): Promise<number> {
    const condition = stands();
    if (out !== undefined || condition === undefined) return out ?? 0;
    out = await connection.run(`DELETE FROM ${aside.name} WHERE NOT (${condition})`);
    return out;
  }

  async function settleNew(rows: number): Promise<number> {
    const out = await takeOut();
    await connection.run(`ALTER TABLE ${table} DROP COLUMN ${parentRowColumn}`);
    return rows - out;
  }

  async function settleLater(): Promise<number> {
    await removeOf(parent.standing!());
    const written = moved ?? (await insertFrom("true"));
    await stage.drop();
    return written;
  }

  async function insertFrom(part: string): Promise<number> {
    const names = load.columns.map(({ name }) => quoteIdentifier(name)).join(", ");
    const [mark, id] = target.metadataColumns ? [`, ${loadIdColumn}`, `, ${load.id}`] : ["", ""];
    return await connection.run(
      `INSERT INTO ${aside.name} (${names}${mark}) SELECT ${names}${id} FROM ${stage.relation}
       WHERE ${part} AND ${stands() ?? "true"}`,
    );
  }

  return {
    table: context.table,
    takesParentRows: true,
    async open(given) {
      load = given;
      moved = out = undefined;
      isNew = await ensureTable(context, context.table, load);
      aside = asideOf(context, { loadId: load.id, isNew });
      if (!isNew) return await stage.create([...load.columns, parentRow]);
      await connection.run(`ALTER TABLE ${table} ADD COLUMN ${parentRowColumn} BIGINT`);
      return straightInto(aside, context, { rowNumbers: false });
    },
    cut: (taken) => (isNew ? aside.put() : stage.cut(taken)),
    async gather() {
      if (isNew && aside.isPut) {
        await takeOut();
        // DuckDB commits no DELETE together with the ALTER TABLE that takes the numbers away.
        await context.parts.next();
      }
      if (isNew || stage.parts === undefined) return;
      moved = await gatherParts(context, aside, stage.parts, insertFrom);
    },
    bringBack: () => aside.bringBack(),
    get isOfLoad() {
      return isNew;
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
