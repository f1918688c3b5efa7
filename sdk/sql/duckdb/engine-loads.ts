import duckdb from "@duckdb/node-bindings";
import { type Batch, batchBuffers } from "../../batch/batch.js";
import { errorRecord, SystemError } from "../../errors.js";
import { type BatchQueue, type Slice, takeSlice, threadsFor } from "./batch-queue.js";
import type { DatabaseOptions } from "./database.js";
import type { FromEngine, Notice } from "./engine-protocol.js";
import type { EngineSessions } from "./engine-sessions.js";
import { vectorRows } from "./fill.js";
import { registerBatchFunction } from "./table-function.js";

/**
 * The loads of an engine, in the engine's own thread. A load is a statement that reads `batch()`, run in bursts: it ends
 * when no batch has come for a while and starts again with the next one, so that several loads share the thread. A
 * statement that cannot be repeated (COPY … TO) runs once, from the first batch to the end.
 */
export interface EngineLoads {
  /** Makes `batch()` known, with the first connection. */
  register(connection: duckdb.Connection): void;
  begin(notice: Notice & { readonly type: "load" }): void;
  add(load: number, batch: Omit<Batch, "columns">): void;
  /** Waits until every batch is in the database; returns the rows as the statement's sink counted them. */
  end(load: number): Promise<number>;
  /** Drops what waits and stops the statement; what it had written goes with its transaction. */
  abort(load: number): Promise<undefined>;
  abortAll(): void;
}

export interface LoadSurroundings {
  readonly sessions: EngineSessions;
  send(message: FromEngine, transfer?: readonly ArrayBuffer[]): void;
  /** Blocks until a message was handled or the time is over. */
  waitForMessage(milliseconds: number): void;
  /** What DuckDB may hold, and the threads it may use. */
  readonly limits: Pick<DatabaseOptions, "memoryBytes" | "threads">;
}

interface ActiveLoad {
  readonly queue: BatchQueue;
  readonly connection: number;
  readonly sql: string;
  /** The statement's run, undefined while none runs. */
  running: Promise<void> | undefined;
  started: boolean;
  burstEnds: number;
  rows: number;
  /** As many of DuckDB's threads as have room for its rows. */
  threads: number;
}

/**
 * How many milliseconds a statement waits for a batch when nothing else wants the thread, and when something does. A
 * statement that ends leaves part-filled row groups, which are compressed once more when the file is closed.
 */
const patience = { alone: 1000, together: 2 };
/** How long a burst may last while other statements wait for room. */
const longestBurst = 100;

export function engineLoads({ sessions, send, waitForMessage, limits }: LoadSurroundings): EngineLoads {
  const loads = new Map<number, ActiveLoad>();
  const queues = new Map<number, BatchQueue>();
  let registered = false;
  let { threads } = limits;

  function get(id: number): ActiveLoad {
    const load = loads.get(id);
    if (load === undefined) throw new SystemError("duckdb.load_closed", "the load has ended already");
    return load;
  }

  /** Starts the statement where there is reason to. */
  function pump(load: ActiveLoad): void {
    const { queue } = load;
    if (load.running !== undefined || queue.failure !== undefined) return;
    const pending = queue.waiting.length > 0 || queue.current !== undefined;
    if (!pending && !(queue.ended && !queue.pauses && !load.started)) return;
    load.running = burst(load).finally(() => {
      load.running = undefined;
      pump(load);
    });
  }

  async function burst(load: ActiveLoad): Promise<void> {
    load.started = true;
    load.queue.pausing = false;
    load.burstEnds = performance.now() + longestBurst;
    try {
      load.threads = threadsFor(load.queue, limits.memoryBytes);
      await fitThreads(load.connection);
      load.rows += await sessions.run(load.connection, load.sql, []);
    } catch (error) {
      load.queue.failure ??= error;
      send({ type: "load_failed", load: load.queue.id, error: errorRecord(load.queue.failure) });
    }
  }

  /** Where a pipeline is merely told to use fewer threads than there are, DuckDB's idle ones wait busily. */
  async function fitThreads(connection: number): Promise<void> {
    const fitting = Math.min(limits.threads, ...[...loads.values()].map((load) => load.threads));
    if (fitting === threads) return;
    await sessions.run(connection, `SET GLOBAL threads = ${fitting}`, []);
    threads = fitting;
  }

  /** What one call of `batch()` gives; undefined ends the statement. */
  function take(queue: BatchQueue): Slice | undefined {
    const load = get(queue.id);
    let waited = 0;
    for (;;) {
      if (queue.failure !== undefined) throw queue.failure;
      if (queue.pausing) return undefined;
      const slice = takeSlice(queue, vectorRows);
      if (slice !== undefined) {
        queue.pausing = queue.pauses && sessions.waiting > 0 && performance.now() > load.burstEnds;
        return slice;
      }
      if (queue.ended) return undefined;
      const alone = sessions.busy === 1;
      if (queue.pauses && waited >= (alone ? patience.alone : patience.together)) {
        queue.pausing = true;
        return undefined;
      }
      const start = performance.now();
      waitForMessage(alone && !queue.pauses ? longestWait : alone ? patience.alone : patience.together);
      waited += performance.now() - start;
    }
  }

  function taken(queue: BatchQueue, batch: Batch): void {
    const memory = batchBuffers(batch);
    send({ type: "taken", load: queue.id, memory }, memory);
  }

  async function settle(load: ActiveLoad): Promise<void> {
    while (load.running !== undefined) await load.running;
    loads.delete(load.queue.id);
    queues.delete(contextId(sessions.get(load.connection)));
    // An aborted transaction refuses it: then the next load does it.
    await fitThreads(load.connection).catch(() => undefined);
  }

  return {
    register(connection) {
      if (!registered) registerBatchFunction(connection, { queueOf: (id) => queues.get(id), take, taken });
      registered = true;
    },
    begin({ load: id, connection, sql, columns, rowNumber }) {
      const pauses = /^\s*insert\b/i.test(sql);
      const queue: BatchQueue = {
        ...{ id, columns, pauses, waiting: [], current: undefined, next: 0 },
        ...{ rowNumber, ended: false, failure: undefined, pausing: false },
      };
      loads.set(id, {
        queue,
        connection,
        sql,
        running: undefined,
        started: false,
        burstEnds: 0,
        rows: 0,
        threads: limits.threads,
      });
      queues.set(contextId(sessions.get(connection)), queue);
    },
    add(id, batch) {
      const load = loads.get(id);
      if (load === undefined || load.queue.failure !== undefined || batch.rows === 0) {
        send({ type: "taken", load: id, memory: [] });
        return;
      }
      load.queue.waiting.push({ ...batch, columns: load.queue.columns });
      pump(load);
    },
    async end(id) {
      const load = get(id);
      load.queue.ended = true;
      pump(load);
      await settle(load);
      if (load.queue.failure !== undefined) throw load.queue.failure;
      return load.rows;
    },
    async abort(id) {
      const load = loads.get(id);
      if (load !== undefined) {
        stop(load);
        await settle(load);
      }
      return undefined;
    },
    abortAll() {
      for (const load of loads.values()) stop(load);
    },
  };

  function stop(load: ActiveLoad): void {
    load.queue.failure ??= new SystemError("duckdb.load_aborted", "the load was aborted");
    load.queue.waiting.length = 0;
  }
}

/** A wait that nothing but a message ends is cut into pieces, so that a lost wake-up costs no more than this. */
const longestWait = 1000;

function contextId(connection: duckdb.Connection): number {
  return duckdb.client_context_get_connection_id(duckdb.connection_get_client_context(connection));
}
