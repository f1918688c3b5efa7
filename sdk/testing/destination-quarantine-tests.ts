import assert from "node:assert/strict";
import type { OpenDestination, Target } from "../destination.js";
import type { DriftRecord } from "../drift-record.js";
import { DataError, TransientError } from "../errors.js";
import type { QuarantinedRow, QuarantineQuery } from "../quarantine.js";
import { type BedTest, canonical, columnsOf, type DestinationFixture } from "./destination-bed.js";

const columns = columnsOf({ id: "int64!", note: "string" });
const rows = [
  { id: 1n, note: "one" },
  { id: 2n, note: "two" },
];
/** What is hard to keep: every digit, quotes, backslashes, escapes, another plane. */
const hardRow = String.raw`{"id":12345678901234567890.10,"a'\"b":"\u0000 \\ ä 😀 $1","n":[1,{"x":null}]}`;

/** Rejected rows, schema decisions and replays: committed, aborted and fenced with their load. */
export function quarantineTests(test: BedTest, fixture: DestinationFixture): void {
  for (const writeMode of fixture.destination.capabilities.writeModes) {
    test(`${writeMode}: rejected rows come and go with their load, and are not counted as written`, async (bed) => {
      const target = bed.target({ writeMode, primaryKey: ["id"] });
      const destination = await bed.open();
      const writer = await bed.writer(destination, target, columns);
      const plan = { columns, rows, publish: true };
      const aborted = await bed.stage(writer, { ...plan, rejects: 2 });
      await writer.abort();
      assert.deepEqual(await idsOf(destination, target), []);
      const staged = await bed.stage(writer, { ...plan, rejects: 3, batchRows: 1 });
      assert.deepEqual([staged.written, staged.deduplicated], [2, 0]);
      if (fixture.shared) assert.deepEqual(await idsOf(await bed.open(), target), []);
      await bed.commit(writer, staged, plan);
      assert.deepEqual(
        await idsOf(destination, target),
        [1, 2, 3].map((n) => `${staged.loadId}-${n}`),
      );
      assert.ok(aborted.loadId < staged.loadId);
      const more = await bed.stage(writer, { ...plan, rejects: 1 });
      await writer.abort();
      await writer.close();
      assert.ok(!(await idsOf(destination, target)).includes(`${more.loadId}-1`));
      assert.deepEqual(await bed.read(target, columns), canonical(columns, rows));
    });
  }

  test("a load of rejected rows alone makes the table and the quarantine", async (bed) => {
    const target = bed.target();
    const destination = await bed.open();
    const staged = await bed.load(await bed.writer(destination, target, columns), { columns, rows: [], rejects: 1 });
    assert.deepEqual([staged.written, staged.deduplicated], [0, 0]);
    assert.equal((await idsOf(destination, target)).length, 1);
    assert.deepEqual(await bed.read(target, columns), []);
  });

  test("a rejected row keeps every digit and letter, its rule, its reason and its place", async (bed) => {
    const target = bed.target({ connection: "o'clock", stream: 's."t"' });
    const destination = await bed.open();
    const writer = await bed.writer(destination, target, columns);
    await writer.startLoad(bed.nextLoadId());
    const row: QuarantinedRow = {
      quarantineId: `${bed.lastLoadId()}-1`,
      rule: "it's",
      reason: 'is "bad" \\ ä\n😀',
      row: hardRow,
      sourcePosition: { file: "a'b.csv", line: 3 },
    };
    const bare = { ...row, quarantineId: `${bed.lastLoadId()}-2`, sourcePosition: undefined };
    await writer.quarantine([row, bare]);
    const staged = { ...(await writer.flush()), loadId: bed.lastLoadId() };
    const before = Date.now();
    await bed.commit(writer, staged, { rows: [] });
    const found = await all(destination, target);
    const facts = { loadId: staged.loadId, connection: "o'clock", stream: 's."t"', replayedLoadId: undefined };
    assert.deepEqual(
      found.map(({ quarantinedAt: _, ...facts }) => facts),
      [
        { ...row, ...facts },
        { ...bare, ...facts },
      ],
    );
    for (const { quarantinedAt } of found) assert.ok(Math.abs(quarantinedAt.getTime() - before) < 60_000);
  });

  test("thousands of rejected rows between the batches arrive, page by page in their order", async (bed) => {
    const target = bed.target();
    const destination = await bed.open();
    const writer = await bed.writer(destination, target, columns);
    const many = Array.from({ length: 900 }, (_, i) => ({ id: BigInt(i), note: "x".repeat(100) }));
    const staged = await bed.load(writer, { columns, rows: many, batchRows: 100, rejects: 4_000, rejectBytes: 1_000 });
    assert.equal(staged.written, 900);
    const query = queryOf(target, { limit: 1_500 });
    const pages = [await destination.quarantined(query)];
    for (let page = pages[0]!; page.length > 0; pages.push(page)) {
      page = await destination.quarantined({ ...query, after: page.at(-1)!.quarantineId });
    }
    assert.deepEqual(
      pages.map(({ length }) => length),
      [1_500, 1_500, 1_000, 0],
    );
    const expected = Array.from({ length: 4_000 }, (_, i) => `${staged.loadId}-${i + 1}`);
    assert.deepEqual(
      pages.flat().map(({ quarantineId }) => quarantineId),
      expected,
    );
    assert.ok(pages.flat().every(({ row }) => JSON.parse(row).text.length === 1_000));
  });

  test("the quarantine is asked by connection, stream, ids and whether rows were replayed", async (bed) => {
    const destination = await bed.open();
    const [one, two] = [bed.target(), bed.target({ connection: "another" })];
    const first = await bed.load(await bed.writer(destination, one, columns), { columns, rows: [], rejects: 3 });
    const second = await bed.load(await bed.writer(destination, two, columns), { columns, rows: [], rejects: 2 });
    const { schema } = one;
    const ask = async (query: Omit<QuarantineQuery, "schema" | "limit">) =>
      (await destination.quarantined({ schema, limit: 10_000, ...query })).map(({ quarantineId }) => quarantineId);
    assert.deepEqual(
      await ask({ connection: "another" }),
      [1, 2].map((n) => `${second.loadId}-${n}`),
    );
    assert.deepEqual(await ask({ connection: one.connection, stream: two.stream }), []);
    const wanted = [`${first.loadId}-2`, `${second.loadId}-1`, "1-1"];
    assert.deepEqual(await ask({ ids: wanted }), wanted.slice(0, 2));
    assert.deepEqual(await ask({ ids: [] }), []);
    assert.deepEqual(await ask({ stream: one.stream, replayed: true }), []);
    assert.equal((await ask({ stream: one.stream, replayed: false })).length, 3);
  });

  test("replayed rows are marked with the load that took them in, once", async (bed) => {
    const destination = await bed.open();
    const target = bed.target();
    const writer = await bed.writer(destination, target, columns);
    const { loadId } = await bed.load(writer, { columns, rows: [], rejects: 3 });
    const replayed = [`${loadId}-1`, `${loadId}-3`];
    const staged = await bed.stage(writer, { columns, rows });
    await writer.abort();
    assert.equal((await all(destination, target, { replayed: true })).length, 0);
    const taken = await bed.load(writer, { columns, rows, replayed });
    const marks = (await all(destination, target)).map((row) => row.replayedLoadId);
    assert.deepEqual(marks, [taken.loadId, undefined, taken.loadId]);
    assert.ok(staged.loadId < taken.loadId);
    for (const ids of [replayed, [`${loadId}-2`, `${loadId}-3`], [`${loadId}-2`, `${loadId}-4`]]) {
      await assert.rejects(
        () => bed.load(writer, { columns, rows, replayed: ids }),
        (error) => error instanceof DataError && error.code === "quarantine.already_replayed",
      );
      await writer.abort();
    }
    await writer.close();
    assert.deepEqual(
      (await all(destination, target, { replayed: false })).map((row) => row.quarantineId),
      [`${loadId}-2`],
    );
    assert.deepEqual(await bed.read(target, columns), canonical(columns, rows));
  });

  test("another stream's rows cannot be marked", async (bed) => {
    const destination = await bed.open();
    const [one, two] = [bed.target(), bed.target()];
    const { loadId } = await bed.load(await bed.writer(destination, one, columns), { columns, rows: [], rejects: 1 });
    const writer = await bed.writer(destination, two, columns);
    await assert.rejects(() => bed.load(writer, { columns, rows, replayed: [`${loadId}-1`] }), DataError);
    await writer.abort();
    await writer.close();
    assert.equal((await all(destination, one, { replayed: false })).length, 1);
  });

  test("rows are purged by stream, age and whether they were replayed", async (bed) => {
    const destination = await bed.open();
    const [one, two] = [bed.target({ connection: "purge" }), bed.target({ connection: "purge" })];
    const writer = await bed.writer(destination, one, columns);
    const { loadId } = await bed.load(writer, { columns, rows: [], rejects: 3 });
    await bed.load(writer, { columns, rows, replayed: [`${loadId}-2`] });
    await bed.load(await bed.writer(destination, two, columns), { columns, rows: [], rejects: 2 });
    const { schema, connection } = one;
    const longAgo = new Date(Date.now() - 3_600_000);
    assert.equal(await destination.purgeQuarantine({ schema, connection, before: longAgo }), 0);
    assert.equal(await destination.purgeQuarantine({ schema, connection: "nobody" }), 0);
    assert.equal(await destination.purgeQuarantine({ schema, connection, replayedOnly: true }), 1);
    assert.deepEqual(await idsOf(destination, one), [`${loadId}-1`, `${loadId}-3`]);
    assert.equal(await destination.purgeQuarantine({ schema, connection, stream: two.stream }), 2);
    const soon = new Date(Date.now() + 3_600_000);
    assert.equal(await destination.purgeQuarantine({ schema, connection, before: soon }), 2);
    assert.deepEqual(await idsOf(destination, one), []);
    await assert.rejects(() => bed.load(writer, { columns, rows, replayed: [`${loadId}-1`] }), DataError);
  });

  test("schema decisions are recorded with their load, and gone with its abort", async (bed) => {
    const destination = await bed.open();
    const target = bed.target();
    const writer = await bed.writer(destination, target, columns);
    const added: DriftRecord = { entity: "columns", columnName: "a'b", change: "came", decision: "added" };
    const table: DriftRecord = { entity: "tables", columnName: undefined, change: "is new", decision: "made" };
    const first = await bed.load(writer, { columns, rows, drift: [table, added] });
    const second = await bed.load(writer, { columns, rows: [], drift: [added] });
    await bed.stage(writer, { columns, rows: [] });
    await writer.abort();
    const found = (await destination.driftRecords(target.schema, 1_000)).filter((row) => row.stream === target.stream);
    assert.ok(found.every(({ decidedAt }) => Math.abs(decidedAt.getTime() - Date.now()) < 60_000));
    const { connection, stream } = target;
    assert.deepEqual(
      found.map(({ decidedAt: _, ...row }) => row),
      [
        { ...added, connection, stream, loadId: second.loadId },
        { ...table, connection, stream, loadId: first.loadId },
        { ...added, connection, stream, loadId: first.loadId },
      ],
    );
    assert.equal((await destination.driftRecords(target.schema, 1)).length, 1);
  });

  test("schema decisions that no load carries are recorded, and leave state and epoch alone", async (bed) => {
    const destination = await bed.open();
    const target = bed.target();
    const { schema, connection, stream } = target;
    const stop: DriftRecord = { entity: "tables", columnName: undefined, change: "is new", decision: "left out" };
    await destination.recordDrift({ schema, connection, stream: "s.unknown" }, [stop]);
    const writer = await bed.writer(destination, target, columns);
    const { loadId } = await bed.load(writer, { columns, rows, drift: [stop] });
    const stops = [1, 2, 3].map((n): DriftRecord => ({ ...stop, entity: "columns", columnName: `c${n}` }));
    await destination.recordDrift({ schema, connection, stream }, stops);
    await bed.load(writer, { columns, rows: [] });
    const found = await destination.driftRecords(schema, 1_000);
    const decided = (name: string) =>
      found.filter((row) => row.stream === name).map((row) => [row.loadId, row.columnName]);
    assert.deepEqual(decided("s.unknown"), [[undefined, undefined]]);
    assert.deepEqual(new Map(decided(stream).map(([load, name]) => [name, load])).get(undefined), loadId);
    assert.deepEqual(
      decided(stream).filter(([load]) => load === undefined),
      ["c1", "c2", "c3"].map((name) => [undefined, name]),
    );
  });

  test("a fenced writer rejects, marks and records nothing", async (bed) => {
    const target = bed.target();
    const destination = await bed.open();
    const first = await bed.writer(destination, target, columns);
    const { loadId } = await bed.load(first, { columns, rows: [], rejects: 1 });
    const plan = { columns, rows, rejects: 1, replayed: [`${loadId}-1`] };
    const drift = [{ entity: "types", columnName: "id", change: "x", decision: "y" } as const];
    const staged = await bed.stage(first, plan);
    const heir = await bed.writer(fixture.shared ? await bed.open() : destination, target, columns);
    await assert.rejects(
      () => bed.commit(first, staged, { ...plan, drift }),
      (error) => error instanceof TransientError && error.code === "destination.fenced",
    );
    await first.abort().catch(() => undefined);
    await first.close();
    await heir.close();
    assert.deepEqual(
      (await all(destination, target)).map((row) => [row.quarantineId, row.replayedLoadId]),
      [[`${loadId}-1`, undefined]],
    );
    const recorded = await destination.driftRecords(target.schema, 1_000);
    assert.deepEqual(
      recorded.filter((row) => row.stream === target.stream),
      [],
    );
  });

  test("where nothing was loaded there is no quarantine and no drift", async (bed) => {
    const destination = await bed.open();
    const schema = fixture.schema === undefined ? undefined : "no_such_schema";
    const connection = "nobody";
    assert.deepEqual(await destination.quarantined({ schema, connection, limit: 10 }), []);
    assert.equal(await destination.purgeQuarantine({ schema, connection }), 0);
    const recorded = await destination.driftRecords(schema, 10);
    assert.deepEqual(schema === undefined ? [] : recorded, []);
  });
}

function queryOf({ schema, connection, stream }: Target, more: Partial<QuarantineQuery> = {}): QuarantineQuery {
  return { schema, connection, stream, limit: 10_000, ...more };
}

async function all(destination: OpenDestination, target: Target, more: Partial<QuarantineQuery> = {}) {
  return destination.quarantined(queryOf(target, more));
}

async function idsOf(destination: OpenDestination, target: Target): Promise<string[]> {
  return (await all(destination, target)).map(({ quarantineId }) => quarantineId);
}
