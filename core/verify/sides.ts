import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DigestRequest } from "../../sdk/digest.js";
import { ConfigError } from "../../sdk/errors.js";
import { type ColumnType, sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { duckDigest } from "../../sdk/sql/duckdb/digest.js";
import { openEngine } from "../../sdk/sql/duckdb/engine.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { tableDigests } from "../../sdk/sql/table-digests.js";
import { type KnownColumn, targetColumn } from "../schema/known-column.js";
import { needsEngine } from "../transform/prepare-rows.js";
import { type Arrival, arrivingBatches } from "./arriving-batches.js";
import type { Side } from "./compare.js";

/** What is compared of a stream: its known columns, the key's and the cursor's among them. */
export interface Compared {
  readonly columns: readonly KnownColumn[];
  readonly key: readonly KnownColumn[];
  readonly cursor: KnownColumn | undefined;
}

/** The destination's table, digested by the destination. */
export function targetSide({ plan, ends }: Arrival, compared: Compared): Side {
  const { digests } = ends.destination;
  if (digests === undefined) {
    throw new ConfigError("verify.unsupported", `the destination ${ends.kind.name} cannot digest its rows`, {
      stream: plan.id,
    });
  }
  const place = { schema: plan.schema, table: plan.table };
  const wanted = requestOf(compared, targetColumn);
  return {
    buckets: (digits) => digests.buckets({ ...place, ...wanted, digits }),
    rows: (digits, buckets) => digests.rows({ ...place, ...wanted, digits, buckets }),
  };
}

/**
 * The stream, digested by the source itself; undefined where that would not be what arrives: a source that cannot, rows that
 * are transformed or judged on their way, or types whose texts are made on the way.
 */
export function pushedDownSide({ plan, ends, prepared }: Arrival, compared: Compared): Side | undefined {
  const { digests } = ends.source;
  if (digests === undefined || needsEngine(plan.rows)) return undefined;
  const types = new Map(prepared.rows.columns.map((column) => [column.name, column.type]));
  const alike = compared.columns.every(({ source, type }) => {
    const own = types.get(source);
    return own !== undefined && (sameType(own, type) || (isNumber(own) && isNumber(type)));
  });
  if (!alike) return undefined;
  const sourceNames = new Map([...prepared.rows.outputOf].map(([source, output]) => [output, source]));
  const { pushed: filter } = plan;
  const wanted = {
    stream: plan.stream,
    ...requestOf(compared, ({ source, type, nullable }) => ({ name: sourceNames.get(source)!, type, nullable })),
    ...(filter.length === 0 ? {} : { filter }),
  };
  return {
    buckets: (digits) => digests.buckets({ ...wanted, digits }),
    rows: (digits, buckets) => digests.rows({ ...wanted, digits, buckets }),
  };
}

/** Numbers whose conversion into each other the databases do as Sluice does, where the lattice allows it. */
function isNumber({ kind }: ColumnType): boolean {
  return kind.startsWith("int") || kind.startsWith("float") || kind === "decimal";
}

/** The stream as it arrives, read into an embedded DuckDB and digested there; `close` drops it. */
export async function readSide(arrival: Arrival, compared: Compared): Promise<Side> {
  const { budget, workDir } = arrival.ends;
  const path = join(workDir, `verify-${randomUUID()}.duckdb`);
  const engine = await openEngine({ path, memoryBytes: budget.source, threads: 2, tempDir: workDir });
  try {
    const connection = await engine.connect();
    const columns = arrival.shape.columns.map(targetColumn);
    const definitions = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${duckType(type)}`);
    await connection.run(`CREATE TABLE arrived (${definitions.join(", ")})`);
    await connection.run("BEGIN TRANSACTION");
    const load = connection.load({ sql: "INSERT INTO arrived SELECT * FROM batch()", columns });
    for await (const batch of arrivingBatches(arrival)) await load.write(batch);
    await load.end();
    await connection.run("COMMIT");
    const table = {
      from: "arrived",
      columnNames: columns.map(({ name }) => name),
      value: ({ name }: Column) => quoteIdentifier(name),
    };
    const digests = tableDigests({
      dialect: duckDigest,
      find: async () => table,
      query: (sql) => connection.query(sql),
    });
    const wanted = { schema: undefined, table: "arrived", ...requestOf(compared, targetColumn) };
    return {
      buckets: (digits) => digests.buckets({ ...wanted, digits }),
      rows: (digits, buckets) => digests.rows({ ...wanted, digits, buckets }),
      async close() {
        await engine.close();
        await rm(path, { force: true });
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function requestOf(
  { columns, key, cursor }: Compared,
  named: (column: KnownColumn) => Column,
): Omit<DigestRequest, "digits"> {
  return {
    key: key.map(named),
    columns: columns.map(named),
    ...(cursor === undefined ? {} : { cursor: named(cursor) }),
  };
}
