import { describe, expect, it } from "vitest";
import type { StreamOptions } from "../../../core/sync/plan.js";
import { newTally } from "../../../core/sync/stream-run.js";
import { pack, type Row } from "../../../sdk/batch/pack.js";
import type { Message } from "../../../sdk/messages.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import type { Column, Stream } from "../../../sdk/schema/stream.js";
import type { OpenSource } from "../../../sdk/source.js";
import { memorySource } from "../../../sdk/testing/memory-source.js";
import { type MemoryStore, memoryStore } from "../../../sdk/testing/memory-store.js";
import { syncInMemory } from "./sync-in-memory.js";

const column = (name: string, type: string): Column => ({ name, type: parseType(type), nullable: true });
const before = [column("id", "int64"), column("v", "int32"), column("old", "string")];
const after = [column("id", "int64"), column("v", "string"), column("new", "json")];

/** What a source says whose columns change while it is read. */
function* changing(): Generator<Message> {
  yield { type: "batch", batch: pack(before, [{ id: 1n, v: 10, old: "a" }] satisfies Row[]) };
  yield { type: "checkpoint", state: { upTo: 1 } };
  yield { type: "schema", columns: after };
  yield { type: "batch", batch: pack(after, [{ id: 2n, v: "x", new: true }]) };
  yield { type: "checkpoint", state: { upTo: 2 } };
}

describe("columns that change while a stream is read", () => {
  it("are followed: the table has what came before and what came after", async () => {
    const { store, tally } = await synced({ write: "append" });
    expect(store.tables.get("main.things")?.rows).toMatchObject([
      { id: 1n, v: "10", old: "a", new: null },
      { id: 2n, v: "x", old: null, new: "true" },
    ]);
    expect(tally.drift.map(({ columnName, change }) => [columnName, change])).toEqual([
      ["v", "int32 → string"],
      ["old", "gone from the source"],
      ["new", "new, json"],
    ]);
    expect(store.drift.map(({ columnName }) => columnName)).toEqual(["v", "old", "new"]);
  });

  it("stop the stream under freeze, after what came before was committed", async () => {
    const store = memoryStore();
    const options: StreamOptions = { write: "append", drift: { columns: "freeze" } };
    await expect(synced(options, store)).rejects.toMatchObject({ code: "drift.frozen", kind: "data" });
    expect(store.tables.get("main.things")?.rows).toMatchObject([{ id: 1n, v: 10, old: "a" }]);
  });

  it("are kept out row by row under quarantine", async () => {
    const quarantine = { columns: "quarantine", types: "quarantine" } as const;
    const { store, tally } = await synced({ write: "append", drift: quarantine });
    expect(store.tables.get("main.things")?.rows).toHaveLength(1);
    expect(tally).toMatchObject({ read: 2, written: 1, quarantined: 1 });
  });
});

it("a column whose option `rename` changes keeps its history under the new name", async () => {
  const rows: Row[] = [{ id: 1n, v: 10, old: "a" }];
  const source = memorySource([{ name: "things", columns: before, primaryKey: ["id"], rows }]);
  const store = memoryStore();
  const tally = newTally();
  for (const rename of [{ v: "price" }, { v: "usd" }, {}] satisfies StreamOptions["rename"][]) {
    await syncInMemory({ source, options: { write: "append", rename }, store, tally });
  }
  expect(tally.drift.map(({ change }) => change)).toEqual([
    "renamed from 'price' to 'usd'",
    "renamed from 'usd' to 'v'",
  ]);
  const row = { id: 1n, v: 10, old: "a" };
  expect(store.tables.get("main.things")?.rows.map(({ id, v, old }) => ({ id, v, old }))).toEqual([row, row, row]);
  expect(store.tables.get("main.things")?.columns.map(({ name }) => name)).toEqual(["id", "v", "old"]);
});

async function synced(options: StreamOptions, store?: MemoryStore) {
  const stream: Stream = {
    ...{ name: "things", columns: before, primaryKey: ["id"], cursorFields: ["id"] },
    readModes: ["full_refresh"],
    inferred: true,
  };
  const source: OpenSource = {
    async check() {},
    discover: async () => ({ streams: [stream] }),
    async *read() {
      yield* changing();
    },
    async close() {},
  };
  return await syncInMemory({ source, options, ...(store && { store }) });
}
