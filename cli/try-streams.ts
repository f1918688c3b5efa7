import { newLearned } from "../core/nested/learned.js";
import { discoverStreams } from "../core/sync/discover-streams.js";
import { learnFirstRows } from "../core/sync/learn-first-rows.js";
import type { ConnectionPlan } from "../core/sync/plan.js";
import { prepareStream } from "../core/sync/prepare-stream.js";
import { selectStreams } from "../core/sync/select-streams.js";
import type { StreamPlan } from "../core/sync/stream-plan.js";
import { expressionEngine } from "../core/transform/engine.js";
import { defaultBatchLimits } from "../sdk/batch/batch.js";
import type { Capabilities } from "../sdk/destination.js";
import type { OpenSource } from "../sdk/source.js";

export interface StreamTrial {
  readonly source: OpenSource;
  readonly connection: ConnectionPlan;
  readonly capabilities: Capabilities;
  readonly signal: AbortSignal;
  /** Told each stream, with what went wrong. */
  tell(stream: string, thrown?: unknown): void;
}

/**
 * Compiles the transforms and reads the first message of every stream a connection takes: so that a mistaken expression, a
 * missing table, column or grant is found now.
 */
export async function tryStreams({ source, connection, capabilities, signal, tell }: StreamTrial): Promise<void> {
  const catalog = await discoverStreams(source, connection);
  const plans = new Map<string, StreamPlan>();
  for (const selection of connection.streams) {
    try {
      const one = { ...connection, streams: [selection] };
      for (const plan of selectStreams({
        catalog,
        connection: one,
        capabilities,
        onLost: ({ id, error }) => tell(id, error),
      })) {
        if (plan.id === selection.pattern || !plans.has(plan.id)) plans.set(plan.id, plan);
      }
    } catch (thrown) {
      tell(selection.pattern, thrown);
    }
  }
  const engine = expressionEngine(engineBytes);
  try {
    for (const plan of plans.values()) {
      try {
        const learned = newLearned();
        await learnFirstRows({ plan, source, engine, learned, signal });
        await prepareStream(plan, plan.stream.columns, engine, learned);
        await readFirst(source, plan, signal);
        tell(plan.id);
      } catch (thrown) {
        tell(plan.id, thrown);
      }
    }
  } finally {
    await engine.close();
  }
}

/** Enough to read expressions in, without rows. */
const engineBytes = 64 * 1024 ** 2;

async function readFirst(source: OpenSource, plan: StreamPlan, signal: AbortSignal): Promise<void> {
  const messages = source.read({
    stream: plan.stream,
    mode: plan.read,
    columns: plan.columns,
    rereads: "merged",
    scans: false,
    inference: "optimistic",
    batch: { ...defaultBatchLimits, rows: 100 },
    parallelism: 1,
    signal,
    ...(plan.pushed.length > 0 && { filter: plan.pushed }),
    ...(plan.read === "incremental" && plan.cursorField !== undefined && { cursorField: plan.cursorField }),
  });
  for await (const _ of messages) return;
}
