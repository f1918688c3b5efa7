import assert from "node:assert/strict";
import type { StateKey, Target } from "../destination.js";
import { TransientError } from "../errors.js";
import { type BedTest, canonical, columnsOf, type DestinationBed, type DestinationFixture } from "./destination-bed.js";

const columns = columnsOf({ id: "int64!", note: "string" });
const rows = [
  { id: 1n, note: "one" },
  { id: 2n, note: null },
];

/** State, ledger, abort and fencing. */
export function stateTests(test: BedTest, fixture: DestinationFixture): void {
  test("check passes and leaves nothing behind", async (bed) => {
    const before = await fixture.list(bed.config);
    await (await bed.open()).check();
    await bed.close();
    assert.deepEqual(await fixture.list(bed.config), before);
  });

  test("before the first load there is no state, no ledger and no table", async (bed) => {
    const destination = await bed.open();
    const target = bed.target();
    const writer = await destination.begin(target);
    assert.equal(writer.state, undefined);
    assert.equal(writer.columns, undefined);
    await writer.close();
    assert.ok(isNothing(await bed.read(target, columns)));
  });

  test("state and ledger are committed with the rows, and read back the same", async (bed) => {
    let destination = await bed.open();
    const target = bed.target();
    const state = { cursor: "2024-02-29T12:00:00.000001Z", nested: [1, null, { "ä\"'": true }], big: 2 ** 53 };
    const writer = await bed.writer(destination, target, columns);
    const first = await bed.load(writer, { columns, rows, state: { first: true } });
    const second = await bed.load(writer, { columns, rows: [{ id: 3n, note: "" }], state });
    await bed.close();

    destination = await bed.open();
    const row = (await destination.states(target.schema)).find(({ stream }) => stream === target.stream);
    assert.deepEqual(row?.state, state);
    assert.equal(row?.connection, target.connection);
    assert.equal(row?.loadId, second.loadId);
    assert.equal(row?.schemaHash, "hash");
    assert.ok(row?.committedAt instanceof Date);
    const loads = (await destination.loads(target.schema, 100)).filter(({ stream }) => stream === target.stream);
    assert.deepEqual(
      loads.map(({ loadId }) => loadId),
      [second.loadId, first.loadId],
    );
    const { committedAt, tableName, ...ledger } = loads[0]!;
    assert.ok(committedAt instanceof Date && tableName.includes(target.table));
    assert.deepEqual(ledger, {
      loadId: second.loadId,
      runId: `run-${second.loadId}`,
      connection: target.connection,
      stream: target.stream,
      startedAt: new Date("2026-01-01T00:00:00.123Z"),
      stateBefore: { before: second.loadId },
      stateAfter: state,
      read: 4,
      written: 1,
      filtered: 2,
      deduplicated: 0,
      quarantined: 1,
      bytes: 4_294_967_296,
    });
    assert.equal((await destination.loads(target.schema, 1)).length, 1);
    const next = await destination.begin(target);
    assert.deepEqual(next.state, state);
    assert.deepEqual(
      next.columns?.map(({ name }) => name),
      ["id", "note"],
    );
    await next.close();
  });

  test("each load's sequence number is one greater", async (bed) => {
    const destination = await bed.open();
    const target = bed.target();
    const writer = await bed.writer(destination, target, columns);
    await bed.load(writer, { columns, rows });
    const before = await stateOf(bed, destination, target);
    await bed.load(writer, { columns, rows });
    const after = await stateOf(bed, destination, target);
    assert.equal(after!.seq, before!.seq + 1);
    assert.equal(after!.epoch, before!.epoch);
  });

  for (const writeMode of fixture.destination.capabilities.writeModes) {
    test(`${writeMode}: a load that is aborted leaves the table as it was`, async (bed) => {
      let destination = await bed.open();
      const target = bed.target({ writeMode, primaryKey: ["id"] });
      const writer = await bed.writer(destination, target, columns);
      await bed.load(writer, { columns, rows, publish: true });
      const before = await bed.read(target, columns);
      destination = await bed.open();
      for (const [how, tail] of [
        ["stage", true],
        ["write", false],
      ] as const) {
        const aborted = await bed.writer(destination, target, columns);
        if (tail) await bed.stage(aborted, { columns, rows: [{ id: 9n, note: how }] });
        else await aborted.startLoad(1_999_000_000_000_000);
        await aborted.abort();
        await aborted.close();
      }
      const abandoned = await bed.writer(destination, target, columns);
      await bed.stage(abandoned, { columns, rows: [{ id: 9n, note: "x" }] });
      await abandoned.close();
      assert.deepEqual(await bed.read(target, columns), before);
      const state = await stateOf(bed, await bed.open(), target);
      assert.notEqual(state?.state, undefined);
    });

    test(`${writeMode}: rows are not visible before the commit`, async (bed) => {
      if (!fixture.readsWhileOpen) return;
      const target = bed.target({ writeMode, primaryKey: ["id"] });
      const writer = await bed.writer(await bed.open(), target, columns);
      const staged = await bed.stage(writer, { columns, rows });
      assert.ok(isNothing(await bed.read(target, columns)));
      await bed.commit(writer, staged, { columns, rows, publish: true });
      assert.deepEqual(await bed.read(target, columns), canonical(columns, rows));
    });

    test(`${writeMode}: a writer that another has taken over writes nothing, at whatever point it is`, async (bed) => {
      for (const point of ["before the load", "before the commit"] as const) {
        const target = bed.target({ writeMode, primaryKey: ["id"] });
        const destination = await bed.open();
        const other = fixture.shared ? await bed.open() : destination;
        const zombie = await bed.writer(destination, target, columns);
        const plan = { columns, rows: [{ id: 7n, note: "zombie" }], publish: true };
        const staged = point === "before the commit" ? await bed.stage(zombie, plan) : undefined;
        const heir = await bed.writer(other, target, columns);
        await assert.rejects(
          async () => bed.commit(zombie, staged ?? (await bed.stage(zombie, plan)), plan),
          (error) => error instanceof TransientError && error.code === "destination.fenced",
          point,
        );
        await zombie.abort().catch(() => undefined);
        await zombie.close();
        await bed.load(heir, { columns, rows, publish: true });
        assert.deepEqual(await bed.read(target, columns), canonical(columns, rows), point);
      }
    });
  }

  test("putState replaces the state, or forgets it, and fences a running writer", async (bed) => {
    const destination = await bed.open();
    const target = bed.target();
    const key: StateKey = { schema: target.schema, connection: target.connection, stream: target.stream };
    const writer = await bed.writer(destination, target, columns);
    await bed.load(writer, { columns, rows });
    await destination.putState(key, { rewound: [1] });
    await assert.rejects(
      () => bed.load(writer, { columns, rows }),
      (error) => error instanceof TransientError && error.code === "destination.fenced",
    );
    await writer.abort().catch(() => undefined);
    await writer.close();
    assert.deepEqual((await stateOf(bed, destination, target))?.state, { rewound: [1] });
    await destination.putState(key, undefined);
    const next = await destination.begin(target);
    assert.equal(next.state, undefined);
    await next.close();
    assert.deepEqual(await bed.read(target, columns), canonical(columns, rows));
  });

  test("an empty load commits its state and makes the table", async (bed) => {
    const target = bed.target();
    const writer = await bed.writer(await bed.open(), target, columns);
    const staged = await bed.load(writer, { columns, rows: [], state: { empty: true } });
    assert.deepEqual([staged.written, staged.deduplicated], [0, 0]);
    assert.deepEqual(await bed.read(target, columns), []);
    assert.deepEqual((await stateOf(bed, await bed.open(), target))?.state, { empty: true });
  });
}

async function stateOf(_bed: DestinationBed, destination: Awaited<ReturnType<DestinationBed["open"]>>, target: Target) {
  return (await destination.states(target.schema)).find(({ stream }) => stream === target.stream);
}

/** No table, or one without rows. */
export function isNothing(rows: readonly unknown[] | undefined): boolean {
  return rows === undefined || rows.length === 0;
}
