import { type BatchLimits, defaultBatchLimits } from "../../sdk/batch/batch.js";
import { ConfigError } from "../../sdk/errors.js";

/** How the memory of the process is shared out, in bytes. */
export interface MemoryBudget {
  readonly source: number;
  readonly destination: number;
  /** The engine of expressions; 0 where there are none. */
  readonly engine: number;
  /** Batches under way from the source's thread to the engine. */
  readonly window: number;
  readonly batch: BatchLimits;
}

const megabyte = 1024 ** 2;
/**
 * What the process takes beside the shares below: Node, its threads and DuckDB before a row is read (143 MiB), and
 * buffers that are dead but not yet collected. Measured as the resident peak of 3 M rows at several limits.
 */
const footing = 240 * megabyte;
const least = 32 * megabyte;

/** The greater and the lesser share of what is free: the end that has an engine in it needs more than one that streams. */
const shares = { greater: 0.6, lesser: 0.25 };

/** What expressions take: their DuckDB, and of what is free what a batch is made into. */
const engineFooting = 48 * megabyte;
const engineShare = 0.2;
/** What rules over a load take: a DuckDB in a thread of its own that keeps the columns they look at. */
const judgeFooting = 96 * megabyte;

/** What is in the process beside the source. */
export interface Company {
  /** Whether the destination runs an engine in this process. */
  readonly embedded: boolean;
  /** Whether rows are computed on between the ends. */
  readonly refines: boolean;
  /** Whether expressions judge a load as a whole. */
  readonly judges: boolean;
}

/**
 * @throws ConfigError `memory.too_little` where nothing useful fits
 */
export function memoryBudget(maxMemoryBytes: number, { embedded, refines, judges }: Company): MemoryBudget {
  const taken = footing + (refines ? engineFooting : 0) + (judges ? judgeFooting : 0);
  const all = maxMemoryBytes - taken;
  if (all < least) {
    throw new ConfigError("memory.too_little", `${Math.floor(maxMemoryBytes / megabyte)} MiB of memory is too little`, {
      hint: `set --max-memory to at least ${(taken + least) / megabyte}MiB`,
    });
  }
  const engine = refines ? all * engineShare : 0;
  const free = all - engine;
  const window = Math.min(32 * megabyte, free / 10);
  return {
    source: free * (embedded ? shares.lesser : shares.greater),
    destination: free * (embedded ? shares.greater : shares.lesser),
    engine,
    window,
    batch: { rows: defaultBatchLimits.rows, bytes: Math.min(defaultBatchLimits.bytes, window / 4) },
  };
}
