import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { type Batch, batchBuffers } from "../../sdk/batch/batch.js";
import { copyVector } from "../../sdk/batch/copy-vector.js";
import { freeMemory } from "../../sdk/batch/free-memory.js";

/** Batches that wait in files, so that they take no memory. */
export interface BatchSpool {
  /** Takes a batch, buffers and all. */
  put(batch: Batch): Promise<void>;
  /** Gives back what waits, in the order it came, and forgets it. */
  take(): AsyncIterable<Batch>;
  /** Drops what waits. */
  discard(): Promise<void>;
}

/** @param folder a scratch folder */
export function batchSpool(folder: string): BatchSpool {
  const id = randomUUID();
  const path = (number: number) => join(folder, `batch-${id}-${number}`);
  let first = 0;
  let end = 0;

  async function* take(): AsyncGenerator<Batch> {
    for (; first < end; first++) {
      const bytes = await readFile(path(first));
      await rm(path(first));
      yield deserialize(bytes) as Batch;
    }
  }

  return {
    async put(batch) {
      const { rows, columns } = batch;
      const vectors = batch.vectors.map((vector) => copyVector(vector, rows));
      if (end === 0) await mkdir(folder, { recursive: true });
      await writeFile(path(end), serialize({ rows, columns, vectors }));
      end += 1;
      freeMemory([...batchBuffers(batch), ...batchBuffers({ rows, columns, vectors })]);
    },
    take,
    async discard() {
      for (; first < end; first++) await rm(path(first), { force: true });
    },
  };
}
