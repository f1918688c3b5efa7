import duckdb from "@duckdb/node-bindings";
import type { Batch } from "../../batch/batch.js";
import type { Vector } from "../../batch/vector.js";
import { SystemError } from "../../errors.js";
import type { ColumnType } from "../../schema/column-type.js";
import type { Column } from "../../schema/stream.js";
import { openColumn } from "./chunk-column.js";
import { columnGatherer } from "./column-gatherer.js";
import { duckError } from "./duck-error.js";
import type { DescribedColumn, TransformRequest } from "./engine-protocol.js";
import type { EngineSessions } from "./engine-sessions.js";
import { checkText, fillChunk, vectorRows, vectorType } from "./fill.js";
import { bindAll } from "./statement.js";
import { typeText } from "./type-text.js";
import { logicalType } from "./types.js";

/** Statements that are run once a batch, in the engine's own thread. */
export interface EngineTransforms {
  /** Prepares a statement; returns what it gives. */
  prepare(request: Omit<TransformRequest, "type">): Promise<readonly DescribedColumn[]>;
  apply(id: number, batch: Omit<Batch, "columns">): Promise<readonly Vector[]>;
  drop(id: number): Promise<undefined>;
}

interface Transform {
  readonly connection: number;
  readonly statement: duckdb.PreparedStatement;
  readonly gives: readonly DescribedColumn[];
  readonly types: readonly ColumnType[];
  readonly rows: BatchRows;
  /** Bytes of texts to make room for, by column: as many as the last batch had, and some more. */
  room: readonly number[];
}

/** What the transform's relation gives: the rows of one batch. */
interface BatchRows {
  readonly columns: readonly Column[];
  batch: Batch | undefined;
  next: number;
}

export function engineTransforms(sessions: EngineSessions): EngineTransforms {
  const transforms = new Map<number, Transform>();

  function get(id: number): Transform {
    const transform = transforms.get(id);
    if (transform === undefined) throw new SystemError("duckdb.transform_closed", "the transform has ended already");
    return transform;
  }

  return {
    async prepare({ transform: id, connection, relation, columns, sql, parameters }) {
      return sessions.use(connection, async (opened) => {
        const rows: BatchRows = { columns, batch: undefined, next: 0 };
        registerRelation(opened, relation, rows);
        const statement = await duckdb.prepare(opened, sql).catch((error: unknown) => {
          throw duckError(error);
        });
        bindAll(statement, parameters);
        const gives = Array.from({ length: duckdb.prepared_statement_column_count(statement) }, (_, index) => ({
          name: duckdb.prepared_statement_column_name(statement, index),
          text: typeText(duckdb.prepared_statement_column_logical_type(statement, index)),
        }));
        transforms.set(id, {
          ...{ connection, statement, gives, rows },
          types: gives.map(({ text }) => logicalType(text)),
          room: gives.map(() => 0),
        });
        return gives;
      });
    },
    async apply(id, batch) {
      const transform = get(id);
      return sessions.use(transform.connection, () => run(transform, batch));
    },
    async drop(id) {
      const { connection, statement } = get(id);
      transforms.delete(id);
      await sessions.use(connection, async () => duckdb.destroy_prepare_sync(statement));
      return undefined;
    },
  };
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

function textBytes(vector: Vector, rows: number): number {
  return vector.layout === "bytes" ? vector.offsets[rows]! : 0;
}

async function run(transform: Transform, batch: Omit<Batch, "columns">): Promise<readonly Vector[]> {
  const { rows, statement, types } = transform;
  rows.batch = { ...batch, columns: rows.columns };
  rows.next = 0;
  try {
    const result = await duckdb.execute_prepared(statement);
    const gatherers = types.map((type, i) => columnGatherer(type, { rows: batch.rows, bytes: transform.room[i]! }));
    let given = 0;
    for (;;) {
      const chunk = await duckdb.fetch_chunk(result);
      const size = chunk === null ? 0 : duckdb.data_chunk_get_size(chunk);
      if (chunk === null || size === 0) break;
      for (const [index, gatherer] of gatherers.entries()) {
        gatherer.append(openColumn(duckdb.data_chunk_get_vector(chunk, index), types[index]!, size), 0, size);
      }
      given += size;
    }
    if (given !== batch.rows) {
      throw new SystemError("duckdb.rows_differ", `a transform made ${given} rows of ${batch.rows}`);
    }
    const vectors = gatherers.map((gatherer) => gatherer.finish());
    transform.room = vectors.map((vector) => Math.ceil(textBytes(vector, batch.rows) * 1.1));
    return vectors;
  } catch (error) {
    throw duckError(error);
  } finally {
    rows.batch = undefined;
  }
}
