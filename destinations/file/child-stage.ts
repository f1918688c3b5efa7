import type { Batch, Column, Target } from "../../sdk/index.js";
import { parentRowColumn, SystemError } from "../../sdk/index.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { rowNumberColumn } from "../../sdk/sql/key-rows.js";
import { loadIdColumn, type PartsOptions } from "./copy-statement.js";
import { countRows, expectRows, fileColumn, isOneOf, physicalColumns, rewritten } from "./keyed-rows.js";
import { literalPath } from "./layout.js";
import type { Snapshot } from "./log/snapshot.js";
import { openParts } from "./parts.js";
import type { SharedLoads } from "./shared-loads.js";
import type { Outcome } from "./stage.js";
import { selectFiles } from "./table-view.js";

/** Takes the rows that a load has for one child table, and makes files of them when it is known which rows they belong to. */
export interface ChildStage {
  write(batch: Batch): Promise<void>;
  finish(table: ChildOfLoad): Promise<Pick<Outcome, "add" | "remove">>;
  discard(): Promise<void>;
}

export interface ChildStageOptions {
  /** The child's, see `childTarget`. */
  readonly target: Target;
  /** The table's folder. */
  readonly folder: string;
  readonly loadId: number;
  readonly parts: PartsOptions;
  readonly loads: SharedLoads;
  /** Distinct among those that share a connection. */
  readonly staged: string;
}

/** The table that a load's rows come to. */
export interface ChildOfLoad {
  readonly snapshot: Snapshot;
  readonly columns: readonly Column[];
  /** Those of them that no row brings. */
  readonly kept: readonly Column[];
  /** See `Outcome`; undefined where every row stands, and nothing goes for it. */
  readonly standing: string | undefined;
}

/**
 * Rows are gathered in a temporary table, which spills to the scratch folder: a COPY would keep a DuckDB for itself, and every
 * child table would need another.
 */
export function childStage({ target, folder, loadId, parts, loads, staged }: ChildStageOptions): ChildStage {
  const { duck } = parts;
  const merges = target.writeMode === "merge";
  const written = openParts(merges ? { ...parts, loadId: undefined } : parts);
  let rows = 0;
  let made = false;

  async function makeTable(columns: readonly Column[]): Promise<void> {
    if (made) return;
    made = true;
    const definitions = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${duckType(type)}`);
    await loads.end();
    await duck.run(`CREATE OR REPLACE TEMP TABLE ${staged} (${definitions.join(", ")})`);
  }

  /** What the load has for the columns of the table. */
  function values({ columns, kept }: ChildOfLoad): string {
    return columns
      .map((column) => {
        const name = quoteIdentifier(column.name);
        const isThere = made && !isOneOf(kept, column);
        return isThere ? name : `CAST(NULL AS ${duckType(column.type)}) AS ${name}`;
      })
      .join(", ");
  }

  const from = () => (made ? `FROM ${staged}` : "WHERE false");

  async function add(table: ChildOfLoad): Promise<Pick<Outcome, "add" | "remove">> {
    // Without any file a reader of the folder could not even tell the columns.
    const isNeeded = target.writeMode === "overwrite" || table.snapshot.files.length === 0;
    if (rows > 0 || isNeeded) await written.select(`SELECT ${values(table)} ${from()}`, table.columns);
    return { add: await written.finish(), remove: [] };
  }

  async function replace(table: ChildOfLoad, standing: string): Promise<Pick<Outcome, "add" | "remove">> {
    const { snapshot, columns } = table;
    const parents = `read_parquet(${quoteLiteral(literalPath(standing))}) AS new`;
    const keys = await parentKeys(standing);
    const same = target.primaryKey.map((name, i) => `new.${quoteIdentifier(keys[i]!)} = old.${quoteIdentifier(name)}`);
    const goes = `EXISTS (SELECT 1 FROM ${parents} WHERE ${same.join(" AND ")})`;
    const key = columns.filter(({ name }) => target.primaryKey.includes(name));
    const { rows: replaced } = await duck.query(
      `SELECT ${fileColumn}, count(*) FROM (${selectFiles(folder, snapshot, snapshot.files, key, fileColumn)}) AS old
       WHERE ${goes} GROUP BY ALL`,
    );
    const stands = made ? `WHERE ${parentRowColumn} IN (SELECT ${rowNumberColumn} FROM ${parents})` : "";
    const count = await countRows(duck, `${from()} ${stands}`);
    if (replaced.length + count === 0) return add(table);
    const context = { target, folder, loadId, parts, duck, written, ...table };
    const affected = rewritten(context, new Set(replaced.map(([path]) => String(path))));
    const mark = target.metadataColumns ? `, ${loadId} AS ${quoteIdentifier(loadIdColumn.name)}` : "";
    const all = physicalColumns(columns, target);
    const found = await written.select(
      `SELECT * FROM (${selectFiles(folder, snapshot, affected, all)}) AS old WHERE NOT ${goes}
       UNION ALL SELECT ${values(table)}${mark} ${from()} ${stands}`,
      all,
    );
    const before = affected.reduce((sum, file) => sum + file.rows, 0);
    const gone = replaced.reduce((sum, [, matched]) => sum + Number(matched), 0);
    expectRows(context, found, before - gone + count);
    return { add: await written.finish(), remove: affected.map(({ path }) => path) };
  }

  /** The parent's key columns, in the target's order, as the file of standing rows has them. */
  async function parentKeys(standing: string): Promise<string[]> {
    const { columns } = await duck.query(`SELECT * FROM read_parquet(${quoteLiteral(literalPath(standing))}) LIMIT 0`);
    return columns.filter((name) => name !== rowNumberColumn);
  }

  return {
    async write(batch) {
      await makeTable(batch.columns);
      await loads.write(staged, batch);
      rows += batch.rows;
    },
    async finish(table) {
      await loads.end();
      const found = made ? await countRows(duck, `FROM ${staged}`) : 0;
      if (found !== rows) {
        throw new SystemError("ledger.file_count", `${rows} rows were given for ${folder}, and ${found} were gathered`);
      }
      const done = await (table.standing === undefined ? add(table) : replace(table, table.standing));
      if (made) await duck.run(`DROP TABLE ${staged}`);
      return done;
    },
    async discard() {
      await loads.abort();
      await written.discard();
      if (made) await duck.run(`DROP TABLE IF EXISTS ${staged}`);
    },
  };
}
