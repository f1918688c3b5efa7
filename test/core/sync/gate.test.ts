import { describe, expect, test } from "vitest";
import type { LoadRule } from "../../../core/quality/load-rule.js";
import type { StreamOptions } from "../../../core/sync/plan.js";
import { newTally, type Tally } from "../../../core/sync/stream-run.js";
import type { Row } from "../../../sdk/batch/pack.js";
import { scalar } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { memorySource } from "../../../sdk/testing/memory-source.js";
import { type MemoryStore, memoryStore } from "../../../sdk/testing/memory-store.js";
import { syncInMemory } from "./sync-in-memory.js";

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

  describe("by expressions over all its rows", () => {
    const total = expression("sum(id) < 5 and count(distinct email) = count(*)");

    test("is dropped where one is false, and told what its aggregates came to", async () => {
      const store = memoryStore();
      await sync(store, good, { quality: { rows: [], loads: [total] } });
      const failing = sync(store, doubled, { quality: { rows: [], loads: [total] } });
      await expect(failing).rejects.toMatchObject({ kind: "data", code: "quality.gate" });
      await expect(failing).rejects.toThrowError("sum(id) is 6, count(DISTINCT email) is 2, count(*) is 3");
      expect(store.tables.get("main.users")?.rows).toHaveLength(2);
    });

    test("is asked of the rows that stay, and of a load without rows", async () => {
      const rows = [
        { name: "few", test: { type: "range", column: "id", max: 2 }, onFail: "quarantine", option: [] },
      ] as const;
      const loads = [expression("max(id) = 2"), expression("count(*) = 2")];
      await sync(memoryStore(), doubled, { quality: { rows, loads } });
      const none = sync(memoryStore(), [], { quality: { rows: [], loads: [total, expression("count(*) > 0")] } });
      await expect(none).rejects.toThrowError("count(*) is 0");
    });

    test("is refused before a row is read where an expression is wrong, or about one row", async () => {
      for (const [sql, code, message] of [
        ["sum(mail) > 1", "expression.invalid", "there is no column 'mail'"],
        ["sum(id)", "expression.invalid", "it is HUGEINT, and not true or false"],
        ["id > 1", "rule.no_aggregate", "nothing in it is about all rows"],
        ["sum(id) > id", "expression.invalid", "GROUP BY"],
        ["sum(id) over () > 1", "expression.forbidden", "window"],
        ["sum(id) > (select 1)", "expression.forbidden", "subquery"],
      ] as const) {
        const refused = sync(memoryStore(), good, { quality: { rows: [], loads: [expression(sql)] } });
        await expect(refused, sql).rejects.toMatchObject({ kind: "config", code, stream: "users" });
        await expect(refused, sql).rejects.toThrowError(message);
      }
    });
  });

  test("is told of a rule about a column that is not there, before a row is read", async () => {
    const rule: LoadRule = { ...unique, name: "unique(mail)", test: { type: "unique", columns: ["mail"] } };
    await expect(sync(memoryStore(), good, { quality: { rows: [], loads: [rule] } })).rejects.toMatchObject({
      kind: "config",
      code: "stream.no_column",
      hint: "did you mean 'email'?",
    });
  });

  test("is told of a freshness that no column of its type has, before a row is read", async () => {
    const test = { type: "freshness", column: "email", maxAgeMs: 1 } as const;
    const rule: LoadRule = { name: "freshness(email)", test, onFail: "fail", option: ["quality", 0, "freshness"] };
    const refused = sync(memoryStore(), good, { quality: { rows: [], loads: [rule] } });
    await expect(refused).rejects.toMatchObject({
      kind: "config",
      code: "rule.type",
      stream: "users",
      column: "email",
    });
  });
});

function expression(sql: string): LoadRule {
  return { name: sql, test: { type: "expression", sql }, onFail: "fail", option: ["quality", 0, "expression"] };
}

function sync(store: MemoryStore, rows: Row[], options: StreamOptions, tally: Tally = newTally()) {
  const source = memorySource([{ name: "users", columns, primaryKey: ["id"], rows }]);
  return syncInMemory({ source, options, store, tally, batchRows: 1 });
}
