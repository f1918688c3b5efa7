import { learnedBefore } from "../../../core/sync/learned-columns.js";
import type { StreamOptions } from "../../../core/sync/plan.js";
import { untilLearned } from "../../../core/sync/read-again.js";
import { knownStreams } from "../../../core/sync/saved-states.js";
import { selectStreams } from "../../../core/sync/select-streams.js";
import { newTally, type StreamRun, type Tally } from "../../../core/sync/stream-run.js";
import { syncStream } from "../../../core/sync/sync-stream.js";
import { expressionEngine } from "../../../core/transform/engine.js";
import type { Destination } from "../../../sdk/destination.js";
import type { OpenSource, Source } from "../../../sdk/source.js";
import { memoryDestination } from "../../../sdk/testing/memory-destination.js";
import { type MemoryStore, memoryStore } from "../../../sdk/testing/memory-store.js";
import { testContext } from "../../../sdk/testing/test-context.js";

export interface MemorySync {
  readonly source: Source | OpenSource;
  readonly options: StreamOptions;
  readonly store?: MemoryStore;
  /** Over the store. */
  readonly kind?: Destination;
  /** Counts what is done, a sync that fails included. */
  readonly tally?: Tally;
  readonly batchRows?: number;
  readonly run?: Partial<StreamRun>;
}

/** Syncs the only stream of a source into a store in memory, as a run would; the store may have earlier syncs in it. */
export async function syncInMemory({
  source: given,
  options,
  store = memoryStore(),
  kind = memoryDestination(store),
  tally = newTally(),
  batchRows = 2,
  run = {},
}: MemorySync): Promise<{ store: MemoryStore; tally: Tally }> {
  const context = testContext();
  const engine = expressionEngine(64 * 1024 ** 2);
  try {
    const source = "open" in given ? await given.open({}, context) : given;
    const destination = await kind.open({}, context);
    const catalog = await source.discover();
    const known = knownStreams(await destination.states(kind.capabilities.defaultSchema));
    const streams = [{ pattern: "*", options }];
    const [plan] = selectStreams({
      catalog,
      connection: { schema: undefined, streams },
      capabilities: kind.capabilities,
      known,
    });
    const streamRun: StreamRun = {
      ...{ id: "r", connection: "c", commit: { bytes: 1, seconds: 60 }, fullRefresh: false },
      ...{ naming: kind.capabilities, scans: false, inference: "optimistic" },
      ...{ batch: { rows: batchRows, bytes: 1e7 }, parallelism: 1, signal: context.signal },
      ...{ saved: known.get(plan!.id), tableDrift: [], tally, engine, workDir: context.workDir },
      learned: learnedBefore(known.get(plan!.id)),
      onProgress() {},
      onCommit() {},
      onDrift: (record) => tally.drift.push(record),
      ...run,
    };
    await untilLearned(() => syncStream({ plan: plan!, source, destination, run: streamRun }));
    return { store, tally };
  } finally {
    await engine.close();
    context.remove();
  }
}
