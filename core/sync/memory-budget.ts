import { type BatchLimits, defaultBatchLimits } from "../../sdk/batch/batch.js";
import { ConfigError } from "../../sdk/errors.js";

/** How the memory of the process is shared out, in bytes. */
export interface MemoryBudget {
  readonly source: number;
  readonly destination: number;
  /** Batches under way from the source's thread to the engine. */
  readonly window: number;
  readonly batch: BatchLimits;
}

const megabyte = 1024 ** 2;
/** What Node, the threads and the drivers take before a row is read; measured with DuckDB loaded on both sides. */
const footing = 176 * megabyte;
const least = 64 * megabyte;

/** @throws ConfigError `memory.too_little` where nothing useful fits */
export function memoryBudget(maxMemoryBytes: number): MemoryBudget {
  const free = maxMemoryBytes - footing;
  if (free < least) {
    throw new ConfigError("memory.too_little", `${Math.floor(maxMemoryBytes / megabyte)} MiB of memory is too little`, {
      hint: `set --max-memory to at least ${(footing + least) / megabyte}MiB`,
    });
  }
  const window = Math.min(32 * megabyte, free / 10);
  return {
    source: free * 0.3,
    destination: free * 0.5,
    window,
    batch: { rows: defaultBatchLimits.rows, bytes: Math.min(defaultBatchLimits.bytes, window / 4) },
  };
}
