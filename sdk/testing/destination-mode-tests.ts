import assert from "node:assert/strict";
import { DataError } from "../errors.js";
import type { CanonicalRow } from "./canonical-rows.js";
import { type BedTest, canonical, columnsOf, type DestinationFixture, type Rows } from "./destination-bed.js";

const columns = columnsOf({ id: "int64!", note: "string", version: "int32" });
const withLoad = [...columns, ...columnsOf({ _sluice_load_id: "int64" })];
const row = (id: number, note: string | null, version: number | null = null) => ({ id: BigInt(id), note, version });

/** What each write mode makes of the rows it is given. */
export function modeTests(test: BedTest, { destination: { capabilities } }: DestinationFixture): void {
  if (capabilities.writeModes.includes("append")) appendTests(test);
  if (capabilities.writeModes.includes("overwrite")) overwriteTests(test);
  if (capabilities.writeModes.includes("merge")) mergeTests(test);
  if (capabilities.writeModes.includes("scd2")) historyTests(test);
}

function appendTests(test: BedTest): void {
  test("append: every row stands, with the id of its load, and rows that are equal stay two", async (bed) => {
    const target = bed.target();
    const writer = await bed.writer(await bed.open(), target, columns);
    const first = await bed.load(writer, { columns, rows: [row(1, "a"), row(1, "a")], batchRows: 1 });
    const second = await bed.load(writer, { columns, rows: [row(1, "a")] });
    assert.deepEqual([first.written, first.deduplicated, second.written], [2, 0, 1]);
    const marked = [first, first, second].map(({ loadId }) => ({ ...row(1, "a"), _sluice_load_id: BigInt(loadId) }));
    assert.deepEqual(await bed.read(target, withLoad), canonical(withLoad, marked));
  });

  test("append: without metadata columns the table has only its own", async (bed) => {
    const target = bed.target({ metadataColumns: false });
    const writer = await bed.writer(await bed.open(), target, columns);
    await bed.load(writer, { columns, rows: [row(1, "a")] });
    assert.deepEqual(await bed.read(target, columns), canonical(columns, [row(1, "a")]));
    await assert.rejects(async () => {
      const [found] = (await bed.read(target, withLoad)) ?? [];
      if (found?._sluice_load_id === undefined) throw new Error("there is no such column");
    });
  });

  test("append: many batches arrive complete", async (bed) => {
    const target = bed.target();
    const writer = await bed.writer(await bed.open(), target, columns);
    const rows = Array.from({ length: 20_000 }, (_, i) => row(i, i % 3 === 0 ? null : `note ${i}`, i));
    const staged = await bed.load(writer, { columns, rows, batchRows: 700 });
    assert.equal(staged.written, rows.length);
    assert.deepEqual(await bed.read(target, columns), canonical(columns, rows));
  });
}

function overwriteTests(test: BedTest): void {
  test("overwrite: the old table stands until the last commit publishes the new one", async (bed) => {
    const target = bed.target({ writeMode: "overwrite", fullRefresh: true });
    const old = [row(1, "old"), row(2, "old")];
    await bed.load(await bed.writer(await bed.open(), target, columns), { columns, rows: old, publish: true });
    await bed.close();
    const next = columnsOf({ id: "string!", extra: "float64" });
    const writer = await bed.writer(await bed.open(), target, next);
    const rows = [
      { id: "x", extra: 1.5 },
      { id: "y", extra: null },
    ];
    await bed.load(writer, { columns: next, rows: rows.slice(0, 1) });
    const staged = await bed.stage(writer, { columns: next, rows: rows.slice(1) });
    assert.equal(staged.written, 1);
    await bed.commit(writer, staged, { rows, publish: true });
    assert.deepEqual(await bed.read(target, next), canonical(next, rows));
  });

  test("overwrite: a rebuild that never publishes leaves the old table", async (bed) => {
    const target = bed.target({ writeMode: "overwrite", fullRefresh: true });
    const old = [row(1, "old")];
    await bed.load(await bed.writer(await bed.open(), target, columns), { columns, rows: old, publish: true });
    await bed.close();
    const writer = await bed.writer(await bed.open(), target, columns);
    await bed.load(writer, { columns, rows: [row(2, "new")] });
    await bed.close();
    assert.deepEqual(await bed.read(target, columns), canonical(columns, old));
    const again = await bed.writer(await bed.open(), target, columns);
    await bed.load(again, { columns, rows: [row(3, "newest")], publish: true });
    assert.deepEqual(await bed.read(target, columns), canonical(columns, [row(3, "newest")]));
  });

  test("overwrite: an empty source makes an empty table", async (bed) => {
    const target = bed.target({ writeMode: "overwrite", fullRefresh: true });
    await bed.load(await bed.writer(await bed.open(), target, columns), {
      columns,
      rows: [row(1, "old")],
      publish: true,
    });
    await bed.close();
    await bed.load(await bed.writer(await bed.open(), target, columns), { columns, rows: [], publish: true });
    assert.deepEqual(await bed.read(target, columns), []);
  });
}

function mergeTests(test: BedTest): void {
  test("merge: new keys are added, known ones replaced, the others stay with their load", async (bed) => {
    const target = bed.target({ writeMode: "merge", primaryKey: ["id"] });
    const writer = await bed.writer(await bed.open(), target, columns);
    const first = await bed.load(writer, { columns, rows: [row(1, "a"), row(2, "b")] });
    const second = await bed.load(writer, { columns, rows: [row(2, null), row(3, "c")] });
    assert.deepEqual([second.written, second.deduplicated], [2, 0]);
    const marked = [
      { ...row(1, "a"), _sluice_load_id: BigInt(first.loadId) },
      { ...row(2, null), _sluice_load_id: BigInt(second.loadId) },
      { ...row(3, "c"), _sluice_load_id: BigInt(second.loadId) },
    ];
    assert.deepEqual(await bed.read(target, withLoad), canonical(withLoad, marked));
  });

  const versions = [row(1, "b", 2), row(1, "a", 1), row(1, "c", 2), row(1, "d", null), row(2, "only", null)];
  for (const batchRows of [100, 1]) {
    test(`merge: the newest by cursor wins, then the last written; ${batchRows} rows a batch`, async (bed) => {
      const target = bed.target({ writeMode: "merge", primaryKey: ["id"], cursorField: "version" });
      const writer = await bed.writer(await bed.open(), target, columns);
      // Once into a new table, once over rows that are there: destinations take different ways.
      for (const rows of [versions, versions.map((one) => ({ ...one, note: `${one.note}!` }))]) {
        const staged = await bed.load(writer, { columns, rows, batchRows });
        assert.deepEqual([staged.written, staged.deduplicated], [2, 3]);
      }
      assert.deepEqual(await bed.read(target, columns), canonical(columns, [row(1, "c!", 2), row(2, "only!")]));
    });

    test(`merge: without a cursor the last written wins; ${batchRows} rows a batch`, async (bed) => {
      const target = bed.target({ writeMode: "merge", primaryKey: ["id"] });
      const writer = await bed.writer(await bed.open(), target, columns);
      for (const rows of [versions, versions]) {
        const staged = await bed.load(writer, { columns, rows, batchRows });
        assert.deepEqual([staged.written, staged.deduplicated], [2, 3]);
      }
      assert.deepEqual(await bed.read(target, columns), canonical(columns, [row(1, "d"), row(2, "only")]));
    });
  }

  test("merge: a key of several columns, and keys that some collations take for one", async (bed) => {
    const keyed = columnsOf({ day: "date!", name: "string!", note: "string" });
    const target = bed.target({ writeMode: "merge", primaryKey: ["day", "name"] });
    const writer = await bed.writer(await bed.open(), target, keyed);
    const names = ["a", "A", "a ", "ä", "a\u0308", "", "ß", "ss", "1", "01"];
    const rows = ["2024-02-29", "2024-03-01"].flatMap((day) =>
      names.map((name) => ({ day, name, note: "x" as string | null })),
    );
    await bed.load(writer, { columns: keyed, rows });
    const changed = rows.map((one, i) => ({ ...one, note: `${i}` }));
    const staged = await bed.load(writer, { columns: keyed, rows: changed });
    assert.deepEqual([staged.written, staged.deduplicated], [rows.length, 0]);
    assert.deepEqual(await bed.read(target, keyed), canonical(keyed, changed));
  });

  test("merge: a table of keys alone", async (bed) => {
    const keys = columnsOf({ id: "int64!" });
    const target = bed.target({ writeMode: "merge", primaryKey: ["id"], metadataColumns: false });
    const writer = await bed.writer(await bed.open(), target, keys);
    for (const rows of [
      [{ id: 1n }, { id: 2n }],
      [{ id: 2n }, { id: 3n }],
    ])
      await bed.load(writer, { columns: keys, rows });
    assert.deepEqual(await bed.read(target, keys), canonical(keys, [{ id: 1n }, { id: 2n }, { id: 3n }]));
  });

  test("merge: a null in the key is an error of the data that names the column, and nothing is written", async (bed) => {
    const nullable = columnsOf({ id: "int64", note: "string" });
    for (const known of [[], [{ id: 1n, note: "a" }]] satisfies Rows[]) {
      const target = bed.target({ writeMode: "merge", primaryKey: ["id"] });
      const destination = await bed.open();
      const first = await bed.writer(destination, target, nullable);
      await bed.load(first, { columns: nullable, rows: known });
      await first.close();
      const writer = await bed.writer(destination, target, nullable);
      await assert.rejects(
        () =>
          bed.load(writer, {
            columns: nullable,
            rows: [
              { id: 2n, note: "b" },
              { id: null, note: "nobody" },
            ],
          }),
        (error) => error instanceof DataError && (error.column === "id" || error.message.includes("id")),
      );
      await writer.abort();
      await writer.close();
      assert.deepEqual(await bed.read(target, nullable), canonical(nullable, known));
    }
  });
}

function historyTests(test: BedTest): void {
  const history = [...columns, ...columnsOf({ _sluice_valid_from: "timestamp", _sluice_valid_to: "timestamp" })];

  test("scd2: each change of a key closes one version and opens the next; what is the same is left alone", async (bed) => {
    const target = bed.target({ writeMode: "scd2", primaryKey: ["id"], cursorField: "version" });
    const writer = await bed.writer(await bed.open(), target, columns);
    const first = await bed.load(writer, { columns, rows: [row(1, "a", 1), row(2, "b", 1), row(3, null, 1)] });
    assert.deepEqual([first.written, first.deduplicated], [3, 0]);
    const second = await bed.load(writer, {
      columns,
      rows: [row(1, "a2", 2), row(1, "a3", 3), row(2, "b", 1), row(3, null, 1)],
    });
    assert.deepEqual([second.written, second.deduplicated], [1, 3]);
    const versions = (await bed.read(target, history)) ?? [];
    checkHistory(versions);
    assert.deepEqual(
      versions
        .map(({ id, note, _sluice_valid_to: to }) => `${id} ${note} ${to === null ? "current" : "closed"}`)
        .sort(),
      ["1 a closed", "1 a3 current", "2 b current", "3 null current"],
    );
  });

  test("scd2: a key that a whole read does not give any more is closed, and opens again when it comes back", async (bed) => {
    const target = bed.target({ writeMode: "scd2", primaryKey: ["id"], fullRefresh: true });
    for (const rows of [[row(1, "a"), row(2, "b")], [row(1, "a")], [row(1, "a"), row(2, "b")]]) {
      const writer = await bed.writer(await bed.open(), target, columns);
      await bed.load(writer, { columns, rows, publish: true });
      await bed.close();
    }
    const versions = (await bed.read(target, history)) ?? [];
    checkHistory(versions);
    const states = versions.map(({ id, _sluice_valid_to: to }) => `${id} ${to === null ? "current" : "closed"}`);
    assert.deepEqual(states.sort(), ["1 current", "2 closed", "2 current"]);
  });
}

/** At most one version of a key is current, none ends before it begins, and they do not overlap. */
function checkHistory(versions: readonly CanonicalRow[]): void {
  for (const id of new Set(versions.map((version) => version.id))) {
    const sorted = versions
      .filter((version) => version.id === id)
      .sort((a, b) => (a._sluice_valid_from! < b._sluice_valid_from! ? -1 : 1));
    sorted.forEach(({ _sluice_valid_from: from, _sluice_valid_to: to }, i) => {
      assert.ok(typeof from === "string", `key ${id}: a version without a beginning`);
      assert.ok(to === null || to === undefined || from < to, `key ${id}: ${from} is not before ${to}`);
      const next = sorted[i + 1];
      if (next !== undefined) assert.ok(to !== null && to! <= next._sluice_valid_from!, `key ${id}: versions overlap`);
    });
  }
}
