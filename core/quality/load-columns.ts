import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Batch, rowOp } from "../../sdk/batch/batch.js";
import { copyVector } from "../../sdk/batch/copy-vector.js";
import { keepRows } from "../../sdk/batch/gather.js";
import { sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { type Engine, type EngineConnection, openEngine } from "../../sdk/sql/duckdb/engine.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import type { Load } from "../../sdk/sql/duckdb/load.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";

/**
 * The columns that expressions over a load look at, kept until it is judged: in a DuckDB file of the run's own, so that a
 * load of any length takes the memory that the engine may have, and the rest on disk. What is kept has been masked.
 */
export interface LoadColumns {
  /** Keeps the rows of a batch, but for deletes; the batch stays the caller's. */
  add(batch: Batch): Promise<void>;
  /** The value of each expression over all that is kept, as text; null is null. */
  ask(expressions: readonly string[]): Promise<readonly (string | null)[]>;
  /** Forgets what is kept. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

interface LoadColumnsOptions {
  /** As they come where no row has come yet. */
  readonly columns: readonly Column[];
  readonly dir: string;
}

/** What the engine may hold in memory. */
export const loadColumnsBytes = 48 * 1024 ** 2;

interface Opened {
  readonly engine: Engine;
  readonly connection: EngineConnection;
}

export function loadColumns({ columns: expected, dir }: LoadColumnsOptions): LoadColumns {
  const path = join(dir, `load-${randomUUID()}.duckdb`);
  let opened: Promise<Opened> | undefined;
  let columns: readonly Column[] | undefined;
  let load: Load | undefined;

  async function open(): Promise<Opened> {
    const engine = await openEngine({ path, memoryBytes: loadColumnsBytes, threads: 1, tempDir: dir });
    const connection = await engine.connect();
    await connection.run("SET enable_external_access = false; SET lock_configuration = true");
    return { engine, connection };
  }

  function ready(): Promise<Opened> {
    opened ??= open();
    return opened;
  }

  async function settle(): Promise<EngineConnection> {
    const { connection } = await ready();
    await load?.end();
    load = undefined;
    return connection;
  }

  /** Makes the table for columns, or brings it to types that have become wider on the way. */
  async function bringTo(wanted: readonly Column[]): Promise<void> {
    if (columns === undefined) {
      const definitions = wanted.map(({ name, type }) => `${quoteIdentifier(name)} ${duckType(type)}`);
      await (await settle()).run(`CREATE TABLE kept (${definitions.join(", ")})`);
    } else {
      const before = columns;
      const wider = wanted.filter(({ type }, i) => !sameType(type, before[i]!.type));
      if (wider.length === 0) return;
      const connection = await settle();
      for (const { name, type } of wider) {
        await connection.run(`ALTER TABLE kept ALTER ${quoteIdentifier(name)} TYPE ${duckType(type)}`);
      }
    }
    columns = wanted;
  }

  return {
    async add(batch) {
      const given = pick(batch, expected);
      if (given.rows === 0) return;
      await bringTo(given.columns);
      load ??= (await ready()).connection.load({
        sql: "INSERT INTO kept SELECT * FROM batch()",
        columns: given.columns,
      });
      await load.write(given);
    },
    async ask(expressions) {
      if (columns === undefined) await bringTo(expected);
      const connection = await settle();
      const items = expressions.map((sql) => `CAST(${sql} AS VARCHAR)`);
      const { rows } = await connection.query(`SELECT ${items.join(", ")} FROM kept`);
      return rows[0]!.map((value) => (value === null ? null : String(value)));
    },
    async clear() {
      if (columns !== undefined) await (await settle()).run("DROP TABLE kept");
      columns = undefined;
    },
    async close() {
      const known = await opened?.catch(() => undefined);
      await known?.engine.close();
      await rm(path, { force: true });
    },
  };
}

/** The wanted columns of a batch's rows, in memory of their own. */
function pick(batch: Batch, wanted: readonly Column[]): Batch {
  const at = wanted.map(({ name }) => batch.columns.findIndex((column) => column.name === name));
  const { rows, ops } = batch;
  const picked = {
    rows,
    columns: at.map((i) => batch.columns[i]!),
    vectors: at.map((i) => copyVector(batch.vectors[i]!, rows)),
  };
  if (ops === undefined) return picked;
  return keepRows(picked, Int32Array.from([...ops.keys()].filter((row) => ops[row] !== rowOp.delete)));
}
