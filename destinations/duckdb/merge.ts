import type { Staged } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { rowNumberColumn } from "../../sdk/sql/key-rows.js";
import type { Aside } from "./aside.js";
import { ensureTable } from "./ensure-table.js";
import { dropOutrun, keepNewest, loadStage, sameKey } from "./keyed-stage.js";
import { loadIdColumn } from "./own-tables.js";
import type { LoadShape, Strategy, StrategyContext } from "./strategy.js";
import { asideOf, gatherParts, straightInto } from "./strategy-aside.js";

/**
 * merge: a key's newest row becomes its row in the table, by DELETE and INSERT, which needs no index. The first load goes
 * straight into its new table, and only the doubles come out again.
 */
export function mergeStrategy(context: StrategyContext): Strategy {
  const { connection, target } = context;
  const table = quoteTable(context.table);
  const stage = loadStage(context, { name: "_sluice_stage", numbered: true });
  let load: LoadShape;
  let aside: Aside;
  let isFirst = false;
  /** Rows that were taken out, once all that came are looked through. */
  let deduplicated: number | undefined;
  /** Rows that are in the table already, beside those that they replace. */
  let moved: number | undefined;

  async function deduplicate(): Promise<number> {
    if (deduplicated !== undefined) return deduplicated;
    const older = await keepNewest(context, isFirst ? aside.name : stage.relation);
    deduplicated = isFirst ? older : older + (await dropOutrun(context, { stage, asOf: load.asOf }));
    return deduplicated;
  }

  async function settleFirst(): Promise<Staged> {
    const out = await deduplicate();
    const counted = await connection.query(`SELECT count(*) FROM ${table}`);
    return { written: Number(counted.rows[0]?.[0]), deduplicated: out };
  }

  async function settleLater(): Promise<Staged> {
    const out = await deduplicate();
    if (moved === undefined) await keepValues();
    const others = moved === undefined ? "" : ` AND old.${loadIdColumn} IS DISTINCT FROM ${load.id}`;
    await connection.run(
      `DELETE FROM ${table} AS old USING ${stage.relation} AS new WHERE ${sameKey(target.primaryKey, "old", "new")}${others}`,
    );
    const written = moved ?? (await insertFrom("true"));
    if (load.kept.length > 0) await connection.run(`DROP TABLE temp.main.${keptValues}`);
    return { written, deduplicated: out };
  }

  async function keepValues(): Promise<void> {
    if (load.kept.length === 0) return;
    const columns = [...target.primaryKey, ...load.kept.map(({ name }) => name)].map(quoteIdentifier).join(", ");
    const keys = target.primaryKey.map(quoteIdentifier).join(", ");
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${keptValues} AS SELECT DISTINCT ON (${keys}) ${columns}
       FROM ${table} AS old SEMI JOIN ${stage.relation} AS new ON ${sameKey(target.primaryKey, "old", "new")}`,
    );
  }

  async function insertFrom(condition: string): Promise<number> {
    const keys = target.primaryKey.map(quoteIdentifier).join(", ");
    const kept = load.kept.map(({ name }) => quoteIdentifier(name));
    const names = [...load.columns.map(({ name }) => quoteIdentifier(name)), ...kept].join(", ");
    const [mark, id] = target.metadataColumns ? [`, ${loadIdColumn}`, `, ${load.id}`] : ["", ""];
    const join = kept.length === 0 ? "" : `LEFT JOIN ${keptValues} USING (${keys})`;
    return await connection.run(
      `INSERT INTO ${aside.name} (${names}${mark}) SELECT ${names}${id} FROM ${stage.relation} ${join} WHERE ${condition}`,
    );
  }

  return {
    table: context.table,
    async open(given) {
      load = given;
      deduplicated = moved = undefined;
      isFirst = await ensureTable(context, context.table, load);
      aside = asideOf(context, { loadId: load.id, isNew: isFirst });
      if (!isFirst) return await stage.create(load.columns);
      await connection.run(`ALTER TABLE ${table} ADD COLUMN ${rowNumberColumn} BIGINT`);
      return straightInto(aside, context, { rowNumbers: true });
    },
    cut: (taken) => (isFirst ? aside.put() : stage.cut(taken)),
    async gather() {
      if (isFirst && aside.isPut) {
        await deduplicate();
        // DuckDB commits no DELETE together with the ALTER TABLE that takes the numbers away.
        await context.parts.next();
      }
      if (isFirst || stage.parts === undefined) return;
      await deduplicate();
      await keepValues();
      moved = await gatherParts(context, aside, stage.parts, insertFrom);
    },
    bringBack: () => aside.bringBack(),
    get isOfLoad() {
      return isFirst;
    },
    async settle(rows) {
      const staged = isFirst ? await settleFirst() : await settleLater();
      if (staged.written + staged.deduplicated === rows) return staged;
      const counts = `of ${rows} rows ${staged.written} were written and ${staged.deduplicated} were older versions`;
      throw new SystemError("merge.rows_lost", `${target.stream}: ${counts}`, { stream: target.stream });
    },
    standing: () => ({
      relation: isFirst ? aside.name : stage.relation,
      keys: target.primaryKey,
      all: deduplicated === 0,
    }),
    async finish() {
      if (isFirst) await connection.run(`ALTER TABLE ${table} DROP COLUMN ${rowNumberColumn}`);
      else await stage.drop();
    },
  };
}

/** What the rows that are replaced have in the columns that no row brings. */
const keptValues = "_sluice_kept";
