import { type Batch, batchBytes } from "../../batch/batch.js";
import { freeMemory } from "../../batch/free-memory.js";
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
  /** The oldest batch under way is in the database, and this was its memory. */
  taken(memory: readonly ArrayBuffer[]): void;
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

interface UnderWay {
  readonly bytes: number;
  readonly giveBack: Batch["giveBack"] | undefined;
}

export function loadChannel(wiring: LoadWiring): LoadChannel {
  const underWay: UnderWay[] = [];
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
        const coming = { bytes: batchBytes(batch), giveBack: batch.giveBack };
        wiring.post(batch);
        underWay.push(coming);
        bytes += coming.bytes;
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
    taken(memory) {
      const taken = underWay.shift();
      bytes -= taken?.bytes ?? 0;
      if (taken?.giveBack === undefined) freeMemory(memory);
      else taken.giveBack(memory);
      wake?.();
    },
    fail,
  };
}
