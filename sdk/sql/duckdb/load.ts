import { type Batch, batchBytes } from "../../batch/batch.js";
import { SystemError } from "../../errors.js";

/** Batches on their way into one statement. */
export interface Load {
  /** Hands a batch over, buffers and all; resolves when another may come. */
  write(batch: Batch): Promise<void>;
  /** Waits until every batch is in the database; the rows are counted by the statement that took them. */
  end(): Promise<{ rows: number }>;
  /** Drops what waits and fails the statement: the transaction must be rolled back. Later calls throw `reason`. */
  abort(reason: unknown): Promise<void>;
}

/** A load, and what the engine's thread says about it. */
export interface LoadChannel {
  readonly load: Load;
  /** The oldest batch under way is in the database. */
  taken(): void;
  fail(error: unknown): void;
}

export interface LoadWiring {
  /** Bytes that may be under way; one batch always may. */
  readonly room: number;
  post(batch: Batch): void;
  end(): Promise<{ rows: number }>;
  abort(): Promise<undefined>;
  /** The load has ended, one way or the other. */
  done(): void;
}

export function loadChannel(wiring: LoadWiring): LoadChannel {
  const underWay: number[] = [];
  let bytes = 0;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;

  function fail(error: unknown): void {
    failure ??= { error };
    wake?.();
  }

  async function roomAgain(): Promise<void> {
    while (failure === undefined && bytes > wiring.room && underWay.length > 1) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (failure !== undefined) throw failure.error;
  }

  return {
    load: {
      async write(batch) {
        if (failure !== undefined) throw failure.error;
        const size = batchBytes(batch);
        wiring.post(batch);
        underWay.push(size);
        bytes += size;
        await roomAgain();
      },
      async end() {
        if (failure !== undefined) throw failure.error;
        const rows = await wiring.end();
        fail(new SystemError("duckdb.load_closed", "the load has ended already"));
        wiring.done();
        return rows;
      },
      async abort(reason) {
        fail(reason);
        await wiring.abort();
        wiring.done();
      },
    },
    taken() {
      bytes -= underWay.shift() ?? 0;
      wake?.();
    },
    fail,
  };
}
