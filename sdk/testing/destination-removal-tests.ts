import assert from "node:assert/strict";
import type { Removal, Staged, Writer } from "../destination.js";
import { repack } from "./canonical-rows.js";
import {
  type BedTest,
  canonical,
  columnsOf,
  type DestinationBed,
  type DestinationFixture,
  type Rows,
} from "./destination-bed.js";

const columns = columnsOf({ id: "int64!", note: "string", version: "int32" });
const keys = columnsOf({ id: "int64!" });
const row = (id: number, note: string, version: number) => ({ id: BigInt(id), note, version });

/** What becomes of keys that are gone from the source, and of rows that an earlier load had read. */
export function removalTests(test: BedTest, { destination: { capabilities } }: DestinationFixture): void {
  if (!capabilities.removes) return;
  const merge = { writeMode: "merge", primaryKey: ["id"] } as const;

  test("merge: keys that are gone are removed, and counted by what the table had", async (bed) => {
    const target = bed.target(merge);
    const writer = await bed.writer(await bed.open(), target, columns);
    await bed.load(writer, { columns, rows: [row(1, "a", 1), row(2, "b", 1), row(3, "c", 1)] });
    const staged = await remove(bed, writer, { ids: [2, 3, 99], how: "hard" });
    assert.deepEqual([staged.written, staged.deduplicated], [2, 1]);
    assert.deepEqual(await bed.read(target, columns), canonical(columns, [row(1, "a", 1)]));
  });

  test("merge: a load that removes and is aborted removes nothing", async (bed) => {
    const target = bed.target(merge);
    const writer = await bed.writer(await bed.open(), target, columns);
    await bed.load(writer, { columns, rows: [row(1, "a", 1)] });
    await writer.startLoad(bed.nextLoadId());
    await writer.remove!(repack(keys, [{ id: 1n }]), "hard");
    await writer.flush();
    await writer.abort();
    await bed.load(writer, { columns, rows: [row(2, "b", 1)] });
    assert.deepEqual(await bed.read(target, columns), canonical(columns, [row(1, "a", 1), row(2, "b", 1)]));
  });

  test("merge: softly removed rows are marked, once, and no longer when they come again", async (bed) => {
    const target = bed.target(merge);
    const writer = await bed.writer(await bed.open(), target, columns);
    await bed.load(writer, { columns, rows: [row(1, "a", 1), row(2, "b", 1)] });
    const first = await remove(bed, writer, { ids: [1, 2], how: "soft" });
    const again = await remove(bed, writer, { ids: [1], how: "soft" });
    assert.deepEqual([first.written, again.written, again.deduplicated], [2, 0, 1]);
    await bed.load(writer, { columns, rows: [row(2, "back", 2)] });
    const marks = columnsOf({ id: "int64!", _sluice_deleted_at: "timestamp" });
    const found = await bed.read(target, marks);
    assert.deepEqual(
      found?.map(({ id, _sluice_deleted_at: at }) => [id, at === null]),
      [
        ["1", false],
        ["2", true],
      ],
    );
    assert.deepEqual(await bed.read(target, columns), canonical(columns, [row(1, "a", 1), row(2, "back", 2)]));
  });

  if (capabilities.writeModes.includes("scd2")) {
    test("scd2: a key that is gone has its current version closed, and may come again", async (bed) => {
      const target = bed.target({ ...merge, writeMode: "scd2" });
      const writer = await bed.writer(await bed.open(), target, columns);
      await bed.load(writer, { columns, rows: [row(1, "a", 1), row(2, "b", 1)] });
      const staged = await remove(bed, writer, { ids: [1], how: "soft" });
      assert.deepEqual([staged.written, staged.deduplicated], [1, 0]);
      await bed.load(writer, { columns, rows: [row(1, "a", 1)] });
      const history = columnsOf({ id: "int64!", note: "string", _sluice_valid_to: "timestamp" });
      const found = await bed.read(target, history);
      assert.deepEqual(
        found?.map(({ id, _sluice_valid_to: to }) => `${id} ${to === null ? "current" : "closed"}`).sort(),
        ["1 closed", "1 current", "2 current"],
      );
    });
  }

  for (const cursorField of [undefined, "version"]) {
    const by = cursorField === undefined ? "without a cursor" : "with a cursor";
    test(`merge: rows of an earlier load do not replace what later ones wrote, ${by}`, async (bed) => {
      const target = bed.target({ ...merge, ...(cursorField === undefined ? {} : { cursorField }) });
      const writer = await bed.writer(await bed.open(), target, columns);
      const before = await bed.load(writer, { columns, rows: [row(1, "before", 1)] });
      const during = await bed.load(writer, { columns, rows: [row(2, "same load", 5)] });
      await bed.load(writer, { columns, rows: [row(3, "after", 3)] });
      assert.ok(before.loadId < during.loadId);
      const rows = [row(1, "replayed", 2), row(2, "replayed", 4), row(3, "replayed", 2), row(4, "replayed", 1)];
      const staged = await asOf(bed, writer, { rows, loadId: during.loadId });
      assert.deepEqual([staged.written, staged.deduplicated], [2, 2]);
      assert.deepEqual(
        await bed.read(target, columns),
        canonical(columns, [row(1, "replayed", 2), row(2, "same load", 5), row(3, "after", 3), row(4, "replayed", 1)]),
      );
    });
  }

  test("merge: a greater cursor of the same load wins", async (bed) => {
    const target = bed.target({ ...merge, cursorField: "version" });
    const writer = await bed.writer(await bed.open(), target, columns);
    const { loadId } = await bed.load(writer, { columns, rows: [row(1, "older", 1)] });
    const staged = await asOf(bed, writer, { rows: [row(1, "newer", 2)], loadId });
    assert.deepEqual([staged.written, staged.deduplicated], [1, 0]);
    assert.deepEqual(await bed.read(target, columns), canonical(columns, [row(1, "newer", 2)]));
  });
}

async function remove(
  bed: DestinationBed,
  writer: Writer,
  { ids, how }: { readonly ids: readonly number[]; readonly how: Removal },
): Promise<Staged> {
  const loadId = bed.nextLoadId();
  await writer.startLoad(loadId);
  const rows = ids.map((id) => ({ id: BigInt(id) }));
  await writer.remove!(repack(keys, rows), how);
  const staged = { ...(await writer.flush()), loadId };
  await bed.commit(writer, staged, { rows });
  return staged;
}

async function asOf(
  bed: DestinationBed,
  writer: Writer,
  { rows, loadId }: { readonly rows: Rows; readonly loadId: number },
): Promise<Staged> {
  const next = bed.nextLoadId();
  await writer.startLoad(next, { asOf: loadId });
  await writer.write(repack(columns, rows));
  const staged = { ...(await writer.flush()), loadId: next };
  await bed.commit(writer, staged, { rows });
  return staged;
}
