import duckdb from "@duckdb/node-bindings";
import type { Batch } from "../../batch/batch.js";
import type { Vector } from "../../batch/vector.js";
import { SystemError } from "../../errors.js";
import type { ColumnType } from "../../schema/column-type.js";
import type { Column } from "../../schema/stream.js";
import { checkText } from "./check-text.js";
import { openColumn } from "./chunk-column.js";
import { columnGatherer } from "./column-gatherer.js";
import { duckError } from "./duck-error.js";
import { fillChunk, vectorRows, vectorType } from "./fill.js";
import { bindAll, type SqlValue } from "./statement.js";
import { typeText } from "./type-text.js";
import { logicalType } from "./types.js";

/** A statement that is run once a batch. */
export interface Transform {
  /** What it gives, with the types as DuckDB writes them; `apply` reads only those for which there is a logical type. */
  readonly gives: readonly DescribedColumn[];
  /** One vector, in buffers of its own, for each column it gives. The batch stays as it is. */
  apply(batch: Omit<Batch, "columns">): Promise<readonly Vector[]>;
  close(): Promise<void>;
}

export interface TransformOptions {
  /** A name, free in the database, for the table function that gives the batch's rows. */
  readonly relation: string;
  /** The columns of the relation: what the batches have. */
  readonly columns: readonly Column[];
  /** A SELECT over the relation. */
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** A column of a result: its name, and its type as DuckDB writes it. */
export interface DescribedColumn {
  readonly name: string;
  readonly text: string;
}

/** Has a connection to itself, in the order of the calls. */
export type UseConnection = <T>(statement: (connection: duckdb.Connection) => Promise<T>) => Promise<T>;

/** What the transform's relation gives: the rows of one batch. */
interface BatchRows {
  readonly columns: readonly Column[];
  batch: Batch | undefined;
  next: number;
}

/** @throws ConfigError for a statement that DuckDB does not take */
export function prepareTransform(options: TransformOptions, use: UseConnection): Promise<Transform> {
  return use(async (connection) => {
    const { relation, columns, sql, parameters } = options;
    const rows: BatchRows = { columns, batch: undefined, next: 0 };
    registerRelation(connection, relation, rows);
    const statement = await duckdb.prepare(connection, sql).catch((error: unknown) => {
      throw duckError(error);
    });
    bindAll(statement, parameters);
    const gives = Array.from({ length: duckdb.prepared_statement_column_count(statement) }, (_, index) => ({
      name: duckdb.prepared_statement_column_name(statement, index),
      text: typeText(duckdb.prepared_statement_column_logical_type(statement, index)),
    }));
    const run = runner(
      statement,
      gives.map(({ text }) => logicalType(text)),
      rows,
    );
    return {
      gives,
      apply: (batch) => use(() => run(batch)),
      close: () => use(async () => duckdb.destroy_prepare_sync(statement)),
    };
  });
}

/** Makes the rows of the batch at hand known as a table function without parameters. */
function registerRelation(connection: duckdb.Connection, name: string, rows: BatchRows): void {
  const definition = duckdb.create_table_function();
  duckdb.table_function_set_name(definition, name);
  duckdb.table_function_set_bind(definition, (info) => {
    for (const column of rows.columns) duckdb.bind_add_result_column(info, column.name, vectorType(column.type));
  });
  // One reader, so that rows keep their order.
  duckdb.table_function_set_init(definition, (info) => duckdb.init_set_max_threads(info, 1));
  duckdb.table_function_set_function(definition, (_, chunk) => {
    const { batch, next } = rows;
    const size = batch === undefined ? 0 : Math.min(vectorRows, batch.rows - next);
    duckdb.data_chunk_set_size(chunk, size);
    if (batch === undefined || size === 0) return;
    if (next === 0) checkText(batch);
    fillChunk(chunk, batch, next, size);
    rows.next += size;
  });
  duckdb.register_table_function(connection, definition);
}

function runner(statement: duckdb.PreparedStatement, types: readonly ColumnType[], rows: BatchRows) {
  /** Bytes of texts to make room for, by column: as many as the last batch had, and some more. */
  let room: readonly number[] = types.map(() => 0);

  async function results(count: number): Promise<readonly Vector[]> {
    const result = await duckdb.execute_prepared(statement);
    const gatherers = types.map((type, i) => columnGatherer(type, { rows: count, bytes: room[i]! }));
    let given = 0;
    // All rows stand in memory: unlike `fetch_chunk`, this waits for no other thread.
    for (let index = 0; index < duckdb.result_chunk_count(result); index++) {
      const chunk = duckdb.result_get_chunk(result, index);
      const size = duckdb.data_chunk_get_size(chunk);
      for (const [i, gatherer] of gatherers.entries()) {
        gatherer.append(openColumn(duckdb.data_chunk_get_vector(chunk, i), types[i]!, size), 0, size);
      }
      given += size;
    }
    if (given !== count) throw new SystemError("duckdb.rows_differ", `a transform made ${given} rows of ${count}`);
    return gatherers.map((gatherer) => gatherer.finish());
  }

  return async (batch: Omit<Batch, "columns">): Promise<readonly Vector[]> => {
    rows.batch = { ...batch, columns: rows.columns };
    rows.next = 0;
    try {
      const vectors = await results(batch.rows);
      room = vectors.map((vector) => Math.ceil(textBytes(vector, batch.rows) * 1.1));
      return vectors;
    } catch (error) {
      throw duckError(error);
    } finally {
      rows.batch = undefined;
    }
  };
}

function textBytes(vector: Vector, rows: number): number {
  return vector.layout === "bytes" ? vector.offsets[rows]! : 0;
}
