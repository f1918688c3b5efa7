import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { RowRule } from "../../../core/quality/row-rule.js";
import { waitingSince } from "../../../core/replay/waiting-since.js";
import type { StreamOptions } from "../../../core/sync/plan.js";
import { keepRows } from "../../../sdk/batch/gather.js";
import type { Row } from "../../../sdk/batch/pack.js";
import { Secret } from "../../../sdk/config/secret.js";
import type { Destination } from "../../../sdk/destination.js";
import { decimal, scalar } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { memoryDestination } from "../../../sdk/testing/memory-destination.js";
import { memorySource } from "../../../sdk/testing/memory-source.js";
import { type MemoryStore, memoryStore } from "../../../sdk/testing/memory-store.js";
import { syncInMemory } from "../../../test/core/sync/sync-in-memory.js";

const columns: Column[] = [
  { name: "id", type: scalar("int64"), nullable: false },
  { name: "status", type: scalar("string"), nullable: true },
  { name: "email", type: scalar("string"), nullable: true },
  { name: "total", type: scalar("string"), nullable: true },
];

describe("a stream with transforms and rules", () => {
  it("loads what stays, counts what is filtered, keeps what is rejected and adds up", async () => {
    const rows = [
      { id: 1, status: "open", email: "a@b.c", total: "12.5" },
      { id: 2, status: "test", email: "x@y.z", total: "1" },
      { id: 3, status: "open", email: "broken", total: "99999999999999999999" },
      { id: 4, status: "odd", email: "c@d.e", total: "7" },
      { id: 5, status: "open", email: null, total: "8" },
    ];
    const { store, tally } = await synced(rows, {
      rename: { total: "total_usd" },
      cast: { total_usd: decimal(12, 2) },
      mask: { email: { type: "hmac_sha256", key: new Secret("Jefe") } },
      filter: "status || '' <> 'test'",
      derive: { label: "status || ':' || id" },
      quality: {
        rows: [
          { name: "not_null(email)", test: { type: "not_null", column: "email" }, onFail: "warn", option: [] },
          {
            name: "known",
            test: { type: "accepted_values", column: "status", values: ["open"] },
            onFail: "quarantine",
            option: [],
          },
        ],
        loads: [],
      },
    });
    expect(tally).toMatchObject({ read: 5, written: 2, filtered: 1, quarantined: 2 });
    expect([...tally.rules]).toEqual([
      ["known", 1],
      ["not_null(email)", 1],
    ]);
    expect(store.tables.get("main.orders")?.rows).toMatchObject([
      { id: 1n, status: "open", total_usd: "12.50", label: "open:1" },
      { id: 5n, email: null, total_usd: "8.00", label: "open:5" },
    ]);
    expect(store.quarantine).toMatchObject([
      { rule: "cast(total_usd)", reason: "'total_usd' cannot be cast to decimal(12,2)" },
      { rule: "known", reason: "'status' is not one of open" },
    ]);
    const quarantined = store.quarantine.map(({ row }) => JSON.parse(row));
    expect(quarantined).toMatchObject([
      { id: 3, status: "open", total: "99999999999999999999" },
      { id: 4, status: "odd", total: "7" },
    ]);
    expect(quarantined.map(({ email }) => email.length)).toEqual([64, 64]);
  });
});

describe("rejected rows that are read again", () => {
  const table = { name: "orders", columns, primaryKey: ["id"], cursorFields: ["id"] };
  const rows = [
    { id: 1, status: "open" },
    { id: 2, status: "odd" },
  ];
  const known: RowRule = {
    name: "known",
    test: { type: "accepted_values", column: "status", values: ["open"] },
    onFail: "quarantine",
    option: [],
  };
  const options: StreamOptions = { read: "incremental", quality: { rows: [known], loads: [] } };

  it("at the end of the cursor wait once, and every load adds up", async () => {
    const store = memoryStore();
    const source = memorySource([{ ...table, rows }]);
    const first = await syncInMemory({ source, options, store });
    expect(first.tally).toMatchObject({ read: 2, written: 1, quarantined: 1 });
    const second = await syncInMemory({ source, options, store });
    expect(second.tally).toMatchObject({ read: 1, deduplicated: 1, quarantined: 0 });
    expect(store.quarantine).toHaveLength(1);
  });

  it("by a reading that begins anew wait anew: those of before it are past", async () => {
    const store = memoryStore();
    const source = memorySource([{ ...table, rows }]);
    await syncInMemory({ source, options: { ...options, write: "append" }, store });
    const rebuilt = { source, options: { ...options, write: "append" }, store, run: { fullRefresh: true } } as const;
    await syncInMemory(rebuilt);
    expect(store.quarantine).toHaveLength(2);
    const since = () => waitingSince([...store.states.values()], { connection: "c", stream: "orders" });
    const rebuiltAt = since();
    expect(store.quarantine.map(({ loadId }) => loadId >= rebuiltAt)).toEqual([false, true]);
    await syncInMemory({ ...rebuilt, run: {} });
    expect(since()).toBe(rebuiltAt);
  });
});

it("a destination that drops one row in 100,000 is caught before anything stands", async () => {
  const rows = Array.from({ length: 100_000 }, (_, i) => ({ id: i, status: i % 7 === 0 ? null : "open" }));
  const store = memoryStore();
  const rules = [
    { name: "n", test: { type: "not_null", column: "status" }, onFail: "quarantine", option: [] } as const,
  ];
  const sync = synced(rows, { quality: { rows: rules, loads: [] } }, { store, kind: lossy(memoryDestination(store)) });
  await expect(sync).rejects.toMatchObject({ kind: "system", code: "ledger.mismatch" });
  expect([store.tables.size, store.loads.length, store.quarantine.length]).toEqual([0, 0, 0]);
});

it("what a source could not read is not shown where it is to be masked", async () => {
  const rows = [{ id: "canary-id", email: "a@b.c" }];
  const masked = synced(rows, { write: "append", mask: { id: { type: "sha256" } } });
  const error = await masked.then(String, (thrown: Error) => thrown);
  expect(error).toMatchObject({ kind: "data", code: "value.wrong_type", column: "id" });
  expect(inspect(error, { depth: 9 })).not.toContain("canary");
  await expect(synced(rows, { mask: { email: { type: "redact" } } })).rejects.toThrowError("canary-id");
});

/** Loses the first row of one batch. */
function lossy(kind: Destination): Destination {
  return {
    ...kind,
    async open(config, context) {
      const opened = await kind.open(config, context);
      return {
        ...opened,
        async begin(target) {
          const writer = await opened.begin(target);
          let batches = 0;
          return {
            ...writer,
            write(batch) {
              const rows = Int32Array.from({ length: batch.rows - 1 }, (_, i) => i + 1);
              return writer.write(++batches === 3 ? keepRows(batch, rows) : batch);
            },
          };
        },
      };
    },
  };
}

interface Into {
  readonly store: MemoryStore;
  readonly kind: Destination;
}

function synced(rows: Row[], options: StreamOptions, into?: Into) {
  const source = memorySource([{ name: "orders", columns, primaryKey: ["id"], rows }]);
  return syncInMemory({ source, options, batchRows: rows.length > 1000 ? 8192 : 2, ...into });
}
