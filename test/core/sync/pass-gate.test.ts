import { describe, expect, test } from "vitest";
import type { LoadRule } from "../../../core/quality/load-rule.js";
import type { StreamOptions } from "../../../core/sync/plan.js";
import { selectStreams } from "../../../core/sync/select-streams.js";
import { newTally, type StreamRun, type Tally } from "../../../core/sync/stream-run.js";
import { syncStream } from "../../../core/sync/sync-stream.js";
import { expressionEngine } from "../../../core/transform/engine.js";
import type { Row } from "../../../sdk/batch/pack.js";
import { scalar } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { memoryDestination } from "../../../sdk/testing/memory-destination.js";
import { memorySource } from "../../../sdk/testing/memory-source.js";
import { type MemoryStore, memoryStore } from "../../../sdk/testing/memory-store.js";
import { testContext } from "../../../sdk/testing/test-context.js";

const columns: Column[] = [
  { name: "id", type: scalar("int64"), nullable: false },
  { name: "email", type: scalar("string"), nullable: true },
];
const good = [
  { id: 1, email: "a@b.c" },
  { id: 2, email: "d@e.f" },
];
const doubled = [...good, { id: 3, email: "a@b.c" }];
const unique: LoadRule = {
  name: "unique(email)",
  test: { type: "unique", columns: ["email"] },
  onFail: "fail",
  option: [],
};

describe("a load that its rules judge", () => {
  test("is dropped whole where a rule fails it: the table stays as it was", async () => {
    const store = memoryStore();
    await sync(store, good, { quality: { rows: [], loads: [unique] } });
    const tally = newTally();
    const failing = sync(store, doubled, { quality: { rows: [], loads: [unique] } }, tally);
    await expect(failing).rejects.toMatchObject({ kind: "data", code: "quality.gate" });
    expect(store.tables.get("main.users")?.rows).toHaveLength(2);
    expect(store.loads).toHaveLength(1);
    expect(tally).toMatchObject({ read: 0, loads: [] });
    expect([...tally.rules]).toEqual([["unique(email)", 2]]);
  });

  test("is loaded and counted where the rule only warns", async () => {
    const store = memoryStore();
    const tally = newTally();
    await sync(store, doubled, { quality: { rows: [], loads: [{ ...unique, onFail: "warn" }] } }, tally);
    expect(store.tables.get("main.users")?.rows).toHaveLength(3);
    expect([...tally.rules]).toEqual([["unique(email)", 2]]);
  });

  test("is judged as a whole, however often it would have been committed without rules", async () => {
    const options: StreamOptions = { write: "append", quality: { rows: [], loads: [unique] } };
    const store = memoryStore();
    await expect(sync(store, doubled, options)).rejects.toMatchObject({ code: "quality.gate" });
    expect(store.tables.get("main.users")?.rows ?? []).toHaveLength(0);
    await sync(memoryStore(), good, options);
  });

  test("is told of a rule about a column that is not there, before a row is read", async () => {
    const rule: LoadRule = { ...unique, name: "unique(mail)", test: { type: "unique", columns: ["mail"] } };
    await expect(sync(memoryStore(), good, { quality: { rows: [], loads: [rule] } })).rejects.toMatchObject({
      kind: "config",
      code: "stream.no_column",
      hint: "did you mean 'email'?",
    });
  });
});

async function sync(store: MemoryStore, rows: Row[], options: StreamOptions, tally: Tally = newTally()) {
  const kind = memoryDestination(store);
  const context = testContext();
  const source = await memorySource([{ name: "users", columns, primaryKey: ["id"], rows }]).open({}, context);
  const destination = await kind.open({}, context);
  const engine = expressionEngine(64 * 1024 ** 2);
  try {
    const connection = { name: "c", schema: undefined, streams: [{ pattern: "users", options }] };
    const [plan] = selectStreams(await source.discover(), connection, kind.capabilities);
    const run: StreamRun = {
      ...{ id: "r", connection: "c", commit: { bytes: 1, seconds: 60 }, fullRefresh: false },
      ...{ naming: kind.capabilities, scans: false, inference: "optimistic", batch: { rows: 1, bytes: 1e6 } },
      ...{
        saved: undefined,
        tableDrift: [],
        parallelism: 1,
        signal: context.signal,
        tally,
        engine,
        onProgress() {},
        onCommit() {},
        onDrift() {},
      },
    };
    await syncStream({ plan: plan!, source, destination, run });
  } finally {
    await engine.close();
    context.remove();
  }
}
