import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Batch } from "../../sdk/batch/batch.js";
import type { Column } from "../../sdk/schema/stream.js";
import { duckDigest } from "../../sdk/sql/duckdb/digest.js";
import { type Engine, openEngine } from "../../sdk/sql/duckdb/engine.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { tableDigests } from "../../sdk/sql/table-digests.js";
import { targetColumn } from "../schema/known-column.js";
import type { Shape } from "../sync/shape.js";
import { type Arrival, arrivingRows } from "./arriving-rows.js";
import type { Side } from "./compare.js";
import { type Compared, requestOf } from "./compared.js";

/** A stream that was read whole, in tables of an embedded DuckDB: its own and those of its children. */
export interface ArrivedTables {
  /** How it was read in the end: columns may have come up. */
  readonly arrival: Arrival;
  /** Digests of a table, of a child's by its name. */
  side(compared: Compared, child?: string): Side;
  /** Drops the tables. */
  close(): Promise<void>;
}

interface ArrivedTable {
  write(batch: Batch): Promise<void>;
  end(): Promise<void>;
  side(compared: Compared): Side;
}

/** Reads a stream as it arrives. */
export async function readArrival(arrival: Arrival): Promise<ArrivedTables> {
  const { budget, workDir } = arrival.ends;
  const path = join(workDir, `verify-${randomUUID()}.duckdb`);
  const engine = await openEngine({ path, memoryBytes: budget.source, threads: 2, tempDir: workDir });
  const close = async () => {
    await engine.close();
    await rm(path, { force: true });
  };
  try {
    const own = await arrivedTable(engine, "arrived", arrival.shapes.own);
    const children = new Map<string, ArrivedTable>();
    for (const [name, shape] of arrival.shapes.children) {
      children.set(name, await arrivedTable(engine, `arrived_${children.size}`, shape));
    }
    const rows = arrivingRows(arrival);
    for (;;) {
      const next = await rows.next();
      if (next.done === true) {
        if (next.value === undefined) break;
        await close();
        return await readArrival(next.value);
      }
      await own.write(next.value.own);
      for (const [name, batch] of next.value.children) await children.get(name)!.write(batch);
    }
    for (const table of [own, ...children.values()]) await table.end();
    return {
      arrival,
      side: (compared, child) => (child === undefined ? own : children.get(child)!).side(compared),
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function arrivedTable(engine: Engine, table: string, shape: Shape): Promise<ArrivedTable> {
  const connection = await engine.connect();
  const columns = shape.columns.map(targetColumn);
  const definitions = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${duckType(type)}`);
  await connection.run(`CREATE TABLE ${table} (${definitions.join(", ")})`);
  await connection.run("BEGIN TRANSACTION");
  const load = connection.load({ sql: `INSERT INTO ${table} SELECT * FROM batch()`, columns });
  const found = {
    from: table,
    columnNames: columns.map(({ name }) => name),
    value: ({ name }: Column) => quoteIdentifier(name),
  };
  const digests = tableDigests({
    dialect: duckDigest,
    find: async () => found,
    query: (sql) => connection.query(sql),
  });
  return {
    write: (batch) => load.write(batch),
    async end() {
      await load.end();
      await connection.run("COMMIT");
    },
    side(compared) {
      const wanted = { schema: undefined, table, ...requestOf(compared, targetColumn) };
      return {
        buckets: (digits) => digests.buckets({ ...wanted, digits }),
        rows: (digits, buckets) => digests.rows({ ...wanted, digits, buckets }),
      };
    },
  };
}
