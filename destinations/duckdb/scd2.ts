import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { rowNumberColumn } from "../../sdk/sql/key-rows.js";
import type { Aside } from "./aside.js";
import { ensureTable } from "./ensure-table.js";
import { dropOutrun, keepNewest, loadStage, sameKey } from "./keyed-stage.js";
import { loadIdColumn, validFromColumn, validToColumn } from "./own-tables.js";
import type { LoadShape, Strategy, StrategyContext } from "./strategy.js";
import { asideOf, gatherParts } from "./strategy-aside.js";

/**
 * scd2: every version of a key is a row, the current one with no `_sluice_valid_to`. A version that is as it was adds
 * nothing; with a full refresh, keys that did not come are closed. The versions of a key are contiguous: one ends at the
 * moment, later than its beginning, at which the next begins. The moment is the load's id, which counts microseconds.
 */
export function scd2Strategy(context: StrategyContext): Strategy {
  const { connection, target } = context;
  const table = quoteTable(context.table);
  const key = sameKey(target.primaryKey, "old", "new");
  const keys = target.primaryKey.map(quoteIdentifier);
  const stage = loadStage(context, { name: "_sluice_stage", numbered: true });
  let load: LoadShape;
  let aside: Aside;
  let isNew = false;
  /** Rows taken out as older versions, once it is known which rows become versions. */
  let older: number | undefined;
  /** New versions that are in the table already, beside those that they end. */
  let moved: number | undefined;

  const later = () => `greatest(make_timestamptz(${load.id}), old.${validFromColumn} + INTERVAL 1 MICROSECOND)`;

  /** Finds the rows that become current; returns how many were older versions of a key. */
  async function findOpened(): Promise<number> {
    if (older !== undefined) return older;
    const current = `old.${validToColumn} IS NULL`;
    older =
      (await keepNewest(context, stage.relation)) + (await dropOutrun(context, { stage, asOf: load.asOf, current }));
    if (isNew) return older;
    const compared = load.columns.filter(({ name }) => !target.primaryKey.includes(name));
    const values = compared.map((column, i) => `${comparable(column, stage.parts !== undefined)} AS v${i}`);
    const kept = load.kept.map(({ name }) => quoteIdentifier(name));
    const same = compared.map((_, i) => `old.v${i} IS NOT DISTINCT FROM new.v${i}`).join(" AND ") || "true";
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${opened} AS
       SELECT new.${rowNumberColumn}, ${[...keys.map((name) => `new.${name}`), ...kept.map((name) => `old.${name}`)].join(", ")},
         ${later()} AS ${validFromColumn}
       FROM (SELECT ${[rowNumberColumn, ...keys, ...values].join(", ")} FROM ${stage.relation}) AS new
       LEFT JOIN (SELECT ${[validFromColumn, ...keys, ...kept, ...values].join(", ")} FROM ${table}
         WHERE ${validToColumn} IS NULL) AS old ON ${key}
       WHERE old.${validFromColumn} IS NULL OR NOT (${same})`,
    );
    return older;
  }

  async function insertOpened(condition: string): Promise<number> {
    const own = load.columns.map(({ name }) => quoteIdentifier(name));
    const kept = load.kept.map(({ name }) => quoteIdentifier(name));
    const [mark, id] = target.metadataColumns ? [[loadIdColumn], [String(load.id)]] : [[], []];
    if (isNew) {
      return await connection.run(
        `INSERT INTO ${aside.name} (${[...own, ...mark, validFromColumn].join(", ")})
         SELECT ${[...own, ...id, `make_timestamptz(${load.id})`].join(", ")} FROM ${stage.relation} WHERE ${condition}`,
      );
    }
    const into = [...own, ...kept, ...mark, validFromColumn].join(", ");
    const from = [
      ...own.map((name) => `new.${name}`),
      ...kept.map((name) => `opened.${name}`),
      ...id,
      `opened.${validFromColumn}`,
    ];
    return await connection.run(
      `INSERT INTO ${aside.name} (${into}) SELECT ${from.join(", ")}
       FROM (SELECT * FROM ${stage.relation} WHERE ${condition}) AS new
       JOIN ${opened} AS opened USING (${rowNumberColumn})`,
    );
  }

  /** Closes the versions that were current before the load. */
  async function endVersions(): Promise<void> {
    const others = moved === undefined ? "" : ` AND old.${loadIdColumn} IS DISTINCT FROM ${load.id}`;
    const isCurrent = `old.${validToColumn} IS NULL${others}`;
    if (target.fullRefresh) {
      await connection.run(
        `UPDATE ${table} AS old SET ${validToColumn} = ${later()}
         WHERE ${isCurrent} AND NOT EXISTS (FROM ${stage.relation} AS new WHERE ${key})`,
      );
    }
    await connection.run(
      `UPDATE ${table} AS old SET ${validToColumn} = new.${validFromColumn} FROM ${opened} AS new
       WHERE ${key} AND ${isCurrent}`,
    );
  }

  /** Returns how many rows were none of them. */
  async function forgetOpened(): Promise<number> {
    const unchanged = await connection.query(
      `SELECT count(*) FROM ${stage.relation} ANTI JOIN ${opened} USING (${rowNumberColumn})`,
    );
    await connection.run(`DROP TABLE temp.main.${opened}`);
    return Number(unchanged.rows[0]?.[0]);
  }

  return {
    table: context.table,
    async open(given) {
      load = given;
      older = moved = undefined;
      isNew = await ensureTable(context, context.table, load);
      aside = asideOf(context, { loadId: load.id, isNew });
      return await stage.create(load.columns);
    },
    cut: (taken) => stage.cut(taken),
    async gather() {
      if (stage.parts === undefined) return;
      await findOpened();
      moved = await gatherParts(context, aside, stage.parts, insertOpened);
    },
    bringBack: () => aside.bringBack(),
    get isOfLoad() {
      return isNew;
    },
    async settle() {
      const out = await findOpened();
      if (!isNew) await endVersions();
      const written = moved ?? (await insertOpened("true"));
      const unchanged = isNew ? 0 : await forgetOpened();
      await stage.drop();
      return { written, deduplicated: out + unchanged };
    },
  };
}

/** The rows of a load that become current, by their number, with the moment from which they are. */
const opened = "_sluice_opened";

/**
 * What tells versions of a value apart. NaN equals NaN and 0 equals -0 to DuckDB; the bits tell floats apart. Of wide rows the
 * comparison holds hashes, not the values.
 */
function comparable({ name, type }: Pick<Column, "name" | "type">, isWide: boolean): string {
  const value = quoteIdentifier(name);
  if (type.kind === "float32" || type.kind === "float64") return `${value}::VARCHAR`;
  const isLong = type.kind === "string" || type.kind === "json" || type.kind === "binary";
  return isWide && isLong ? `sha256(${value})` : value;
}
