import assert from "node:assert/strict";
import { ConfigError } from "../errors.js";
import { repack } from "./canonical-rows.js";
import { type BedTest, columnsOf, type DestinationFixture } from "./destination-bed.js";

const columns = columnsOf({ id: "int64!", email: "string", at: "timestamp", day: "date", boss: "int64" });
const now = new Date("2026-03-01T12:00:00Z");
const row = (id: number, email: string | null, at: string | null = null, boss: number | null = null) => ({
  id: BigInt(id),
  email,
  at,
  day: at === null ? null : at.slice(0, 10),
  boss: boss === null ? null : BigInt(boss),
});

/** Checks of a load that is staged: what they find, and that they change nothing. */
export function auditTests(test: BedTest, fixture: DestinationFixture): void {
  const { writeModes, removes } = fixture.destination.capabilities;

  for (const metadataColumns of [true, false]) {
    test(`append: checks see the load beside the rows that are there; metadata columns ${metadataColumns}`, async (bed) => {
      const target = bed.target({ metadataColumns });
      const writer = await bed.writer(await bed.open(), target, columns);
      await bed.load(writer, { columns, rows: [row(1, "a", "2026-03-01 06:00:00+00", 99), row(2, "b")] });
      const rows = [row(3, "a"), row(4, null), row(4, null, "2026-02-01 00:00:00+00", 1), row(5, "c", null, 7)];
      const staged = await bed.stage(writer, { columns, rows, batchRows: 2 });
      const self = { schema: target.schema, table: target.table, references: "id" };
      const results = await writer.audit([
        { type: "unique", columns: ["email"] },
        { type: "unique", columns: ["id", "email"] },
        { type: "unique", columns: ["id"] },
        { type: "row_count", min: 4, max: 4 },
        { type: "row_count", min: 5 },
        { type: "row_count", max: 3 },
        { type: "freshness", column: "at", maxAgeMs: 6 * 3_600_000, now },
        { type: "freshness", column: "at", maxAgeMs: 6 * 3_600_000 - 1, now },
        { type: "freshness", column: "day", maxAgeMs: 12 * 3_600_000, now },
        { type: "relationship", column: "boss", ...self },
        { type: "relationship", column: "id", ...self },
      ]);
      assert.deepEqual(results, [
        { failed: 2, examples: [{ email: "a" }] },
        { failed: 0, examples: [] },
        { failed: 2, examples: [{ id: 4 }] },
        { failed: 0, examples: [], value: 4 },
        { failed: 1, examples: [], value: 4 },
        { failed: 1, examples: [], value: 4 },
        { failed: 0, examples: [], value: "2026-03-01 06:00:00+00" },
        { failed: 1, examples: [], value: "2026-03-01 06:00:00+00" },
        { failed: 0, examples: [], value: "2026-03-01" },
        { failed: 1, examples: [{ boss: 7 }] },
        { failed: 0, examples: [] },
      ]);
      await bed.commit(writer, staged, { rows });
      assert.equal((await bed.read(target, columns))?.length, 6);
    });
  }

  if (writeModes.includes("merge")) {
    for (const metadataColumns of [true, false]) {
      test(`merge: checks see the rows as merged; metadata columns ${metadataColumns}`, async (bed) => {
        const target = bed.target({ writeMode: "merge", primaryKey: ["id"], metadataColumns });
        const writer = await bed.writer(await bed.open(), target, columns);
        const first = [row(1, "a", "2026-03-01 06:00:00+00", 50), row(2, "b", null, 1), row(2, "c", null, 1)];
        await bed.stage(writer, { columns, rows: first });
        const other = { schema: target.schema, table: target.table, references: "id" };
        const relationship = { type: "relationship", column: "boss", ...other } as const;
        assert.deepEqual(await writer.audit([relationship]), [{ failed: 1, examples: [{ boss: 50 }] }]);
        await writer.abort();
        await bed.load(writer, { columns, rows: first });
        await bed.stage(writer, { columns, rows: [row(1, "c"), row(3, "c"), row(4, "d", null, 4)] });
        const results = await writer.audit([
          { type: "unique", columns: ["id"] },
          { type: "unique", columns: ["email"] },
          { type: "row_count", min: 3, max: 3 },
          { type: "freshness", column: "at", maxAgeMs: 0, now },
          relationship,
        ]);
        assert.deepEqual(results, [
          { failed: 0, examples: [] },
          { failed: 3, examples: [{ email: "c" }] },
          { failed: 0, examples: [], value: 3 },
          { failed: 1, examples: [], value: null },
          { failed: 0, examples: [] },
        ]);
        await writer.abort();
      });
    }
  }

  if (writeModes.includes("merge") && removes) {
    test("merge: checks see no row that is marked as deleted, be it referred to or in the table itself", async (bed) => {
      const merge = { writeMode: "merge", primaryKey: ["id"] } as const;
      const [other, target] = [bed.target(merge), bed.target(merge)];
      const destination = await bed.open();
      for (const one of [other, target]) {
        const writer = await bed.writer(destination, one, columns);
        await bed.load(writer, { columns, rows: [row(1, "a"), row(2, "b")] });
        await writer.startLoad(bed.nextLoadId());
        await writer.remove!(repack(columns.slice(0, 1), [{ id: 2n }]), "soft");
        await bed.commit(writer, { ...(await writer.flush()), loadId: bed.lastLoadId() }, { rows: [] });
        await writer.close();
      }
      const writer = await bed.writer(destination, target, columns);
      await bed.stage(writer, { columns, rows: [row(3, "b", null, 1), row(4, "c", null, 2)] });
      const [unique, abroad, self] = await writer.audit([
        { type: "unique", columns: ["email"] },
        ...[other, target].map(({ schema, table }) => {
          return { type: "relationship", column: "boss", schema, table, references: "id" } as const;
        }),
      ]);
      assert.equal(unique?.failed, 0);
      assert.deepEqual(abroad, { failed: 1, examples: [{ boss: 2 }] });
      assert.deepEqual(self, { failed: 1, examples: [{ boss: 2 }] });
      await writer.abort();
    });
  }

  if (writeModes.includes("overwrite")) {
    test("overwrite: checks see the new table alone, and a gate that fails leaves the old one", async (bed) => {
      const target = bed.target({ writeMode: "overwrite", fullRefresh: true });
      const destination = await bed.open();
      const writer = await bed.writer(destination, target, columns);
      await bed.load(writer, { columns, rows: [row(1, "a", "2026-03-01 06:00:00+00")], publish: true });
      await writer.close();
      const next = await bed.writer(destination, target, columns);
      await bed.stage(next, { columns, rows: [row(1, "a"), row(3, "b"), row(3, "c")] });
      const results = await next.audit([
        { type: "unique", columns: ["id"] },
        { type: "unique", columns: ["email"] },
        { type: "row_count", max: 2 },
        { type: "freshness", column: "at", maxAgeMs: 1e15, now },
      ]);
      assert.deepEqual(results, [
        { failed: 2, examples: [{ id: 3 }] },
        { failed: 0, examples: [] },
        { failed: 1, examples: [], value: 3 },
        { failed: 1, examples: [], value: null },
      ]);
      await next.abort();
      await next.close();
      assert.equal((await bed.read(target, columns))?.length, 1);
    });
  }

  if (writeModes.includes("scd2")) {
    test("scd2: checks see the current versions", async (bed) => {
      const target = bed.target({ writeMode: "scd2", primaryKey: ["id"] });
      const writer = await bed.writer(await bed.open(), target, columns);
      await bed.load(writer, { columns, rows: [row(1, "a"), row(2, "b")] });
      await bed.stage(writer, { columns, rows: [row(1, "x"), row(2, "b"), row(3, "x")] });
      const results = await writer.audit([
        { type: "unique", columns: ["id"] },
        { type: "unique", columns: ["email"] },
        { type: "row_count", min: 2, max: 2 },
      ]);
      assert.deepEqual(results, [
        { failed: 0, examples: [] },
        { failed: 2, examples: [{ email: "x" }] },
        { failed: 0, examples: [], value: 2 },
      ]);
      await writer.abort();
    });
  }

  test("relationship: values are looked for in another table, as it is committed", async (bed) => {
    const destination = await bed.open();
    const other = bed.target({ writeMode: "append" });
    const people = columnsOf({ key: "int32!", name: "string" });
    const named = Array.from({ length: 3 }, (_, i) => ({ key: i, name: `p${i}` }));
    const first = await bed.writer(destination, other, people);
    await bed.load(first, { columns: people, rows: named });
    await first.close();
    const writer = await bed.writer(destination, bed.target(), columns);
    await bed.stage(writer, { columns, rows: [1, 2, 7, 7, 8, 9, 10].map((boss, i) => row(i, `p${boss}`, null, boss)) });
    const { schema, table } = other;
    const [byNumber, byText, mixed] = await writer.audit([
      { type: "relationship", column: "boss", schema, table, references: "key" },
      { type: "relationship", column: "email", schema, table, references: "name" },
      { type: "relationship", column: "email", schema, table, references: "key" },
    ]);
    assert.deepEqual([byNumber?.failed, byNumber?.examples.length], [5, 3]);
    assert.deepEqual([byText?.failed, byText?.examples.length], [5, 3]);
    assert.equal(mixed?.failed, 7);
    await writer.abort();
  });

  for (const [what, check] of [
    ["a column that is not there", { type: "unique", columns: ["nowhere"] }],
    ["an age of what is no time", { type: "freshness", column: "email", maxAgeMs: 1, now }],
    ["a table that is not there", { type: "relationship", column: "id", table: "no_such_table", references: "id" }],
  ] as const) {
    test(`${what} is an error that the user can act on`, async (bed) => {
      const target = bed.target();
      const writer = await bed.writer(await bed.open(), target, columns);
      await bed.stage(writer, { columns, rows: [row(1, "a")] });
      const asked = check.type === "relationship" ? { ...check, schema: target.schema } : check;
      await assert.rejects(() => writer.audit([asked]), ConfigError);
      await writer.abort();
    });
  }
}
