import assert from "node:assert/strict";
import { parentRowColumn } from "../child-table.js";
import type { SchemaChange } from "../destination.js";
import { TransientError } from "../errors.js";
import type { WriteMode } from "../schema/stream.js";
import { repack } from "./canonical-rows.js";
import {
  assertStands,
  begin,
  childTable,
  commit,
  lineColumns,
  linesOf,
  load,
  orderColumns,
  orders,
  stage,
  taxColumns,
  withParentRow,
} from "./children-bed.js";
import { type BedTest, canonical, columnsOf, type DestinationFixture } from "./destination-bed.js";

/** Child tables: loaded with their parent, and what belongs to a row goes and comes with it. */
export function childrenTests(test: BedTest, fixture: DestinationFixture): void {
  const { capabilities } = fixture.destination;
  if (!capabilities.childTables) return;
  const modes = capabilities.writeModes.filter((mode) => mode !== "scd2");
  for (const writeMode of modes) everyMode(test, fixture, writeMode);
  if (modes.includes("append")) appendTests(test);
  if (modes.includes("overwrite")) overwriteTests(test);
  if (modes.includes("merge")) mergeTests(test);
  if (modes.includes("merge") && capabilities.removes) removalTests(test);
}

function everyMode(test: BedTest, fixture: DestinationFixture, writeMode: WriteMode): void {
  test(`children, ${writeMode}: lists and lists of lists stand in tables of their own, with their load`, async (bed) => {
    const target = orders(bed, writeMode);
    const given = Array.from({ length: 500 }, (_, id) => ({
      id,
      lines: Array.from({ length: id % 4 }, (_, at) => (at === 2 ? null : `${id}/${at}`)),
      taxes: Array.from({ length: id % 4 }, (_, at) => (at === 0 ? [] : [id, at])),
    }));
    const writer = await begin(bed, target);
    const { loadId } = await load(bed, writer, { orders: given, batchRows: 90, publish: true });
    await assertStands(bed, target, given);
    const [child] = target.children!;
    const marked = [...lineColumns, ...columnsOf({ _sluice_load_id: "int64" })];
    const rows = linesOf(given).map((line) => ({ ...line, _sluice_load_id: BigInt(loadId) }));
    assert.deepEqual(await bed.read(childTable(target, child!), marked), canonical(marked, rows));
  });

  test(`children, ${writeMode}: the table of a child that nobody has is there, and empty`, async (bed) => {
    const target = orders(bed, writeMode);
    await load(bed, await begin(bed, target), { orders: [{ id: 1 }], publish: true });
    await assertStands(bed, target, [{ id: 1 }]);
  });

  test(`children, ${writeMode}: a load that is aborted leaves them as they were`, async (bed) => {
    const target = orders(bed, writeMode);
    const before = [{ id: 1, lines: ["a", "b"], taxes: [[1], [2]] }];
    await load(bed, await begin(bed, target), { orders: before, publish: true });
    await bed.close();
    const destination = await bed.open();
    const line = { _sluice_parent_id: 2n, _sluice_index: 0n, sku: "x" };
    const aborted = await begin(bed, target, destination);
    await stage(bed, aborted, {
      orders: [
        { id: 1, lines: ["x"] },
        { id: 2, lines: ["y"] },
      ],
    });
    await aborted.abort();
    // Aborted between the rows of two tables, and gone on after it.
    await aborted.startLoad(bed.nextLoadId());
    await aborted.write(repack(orderColumns, [{ id: 2n, version: null }]));
    await aborted.children!.get("lines")!.write(withParentRow(lineColumns, [{ ...line, [parentRowColumn]: 0n }]));
    await aborted.abort();
    await stage(bed, aborted, { orders: [{ id: 3, lines: ["z"] }] });
    await aborted.abort();
    await aborted.close();
    const abandoned = await begin(bed, target, destination);
    await stage(bed, abandoned, { orders: [{ id: 1, lines: [] }] });
    await assertStands(bed, target, before);
  });

  test(`children, ${writeMode}: a writer that another has taken over writes none`, async (bed) => {
    const target = orders(bed, writeMode);
    const destination = await bed.open();
    const zombie = await begin(bed, target, destination);
    const plan = { orders: [{ id: 7, lines: ["zombie"] }], publish: true };
    const staged = await stage(bed, zombie, plan);
    const heir = await begin(bed, target, fixture.shared ? await bed.open() : destination);
    await assert.rejects(
      () => commit(bed, zombie, staged, plan),
      (error) => error instanceof TransientError && error.code === "destination.fenced",
    );
    await zombie.abort().catch(() => undefined);
    await zombie.close();
    await load(bed, heir, { orders: [{ id: 1, lines: ["heir"] }], publish: true });
    await assertStands(bed, target, [{ id: 1, lines: ["heir"] }]);
  });

  test(`children, ${writeMode}: their columns are known to the next writer, and change`, async (bed) => {
    const target = orders(bed, writeMode);
    await load(bed, await begin(bed, target), { orders: [{ id: 1, lines: ["a"], taxes: [[7]] }], publish: true });
    await bed.close();
    const destination = await bed.open();
    const writer = await destination.begin(target);
    const child = writer.children!.get("lines")!;
    assert.deepEqual(
      child.columns?.map(({ name }) => name),
      lineColumns.map(({ name }) => name),
    );
    const wider = [
      ...lineColumns.map((column) => (column.name === "sku" ? { ...column, name: "article" } : column)),
      ...columnsOf({ amount: "int32" }),
    ];
    const changes: SchemaChange[] = [
      { type: "rename_column", column: "sku", to: "article" },
      { type: "add_column", column: wider.at(-1)! },
    ];
    await writer.start(orderColumns);
    await child.start(wider);
    const taxes = writer.children!.get("taxes")!;
    const wideTaxes = [...taxColumns.slice(0, -1), ...columnsOf({ value: "int64" })];
    const [from, to] = [taxColumns.at(-1)!.type, wideTaxes.at(-1)!.type];
    await taxes.start(wideTaxes);
    const loadId = bed.nextLoadId();
    await writer.startLoad(loadId);
    if (writeMode !== "overwrite") {
      await child.alter(changes);
      await taxes.alter([{ type: "widen_column", column: "value", from, to }]);
    }
    await writer.write(repack(orderColumns, [{ id: 2n, version: null }]));
    const line = { _sluice_parent_id: 2n, _sluice_index: 0n, article: "b", amount: 3 };
    await child.write(withParentRow(wider, [{ ...line, [parentRowColumn]: 0n }]));
    const tax = { _sluice_parent_id: 2n, _sluice_parent_index: 0n, _sluice_index: 0n, value: 2n ** 40n };
    await taxes.write(withParentRow(wideTaxes, [{ ...tax, [parentRowColumn]: 0n }]));
    await commit(bed, writer, { ...(await writer.flush()), loadId }, { publish: true });
    await writer.close();
    const old = { _sluice_parent_id: 1n, _sluice_index: 0n, article: "a", amount: null };
    const rows = writeMode === "overwrite" ? [line] : [old, line];
    const [table, taxTable] = target.children!.map((one) => childTable(target, one));
    const oldTax = { _sluice_parent_id: 1n, _sluice_parent_index: 0n, _sluice_index: 0n, value: 7n };
    const allTaxes = writeMode === "overwrite" ? [tax] : [oldTax, tax];
    assert.deepEqual(await bed.read(taxTable!, wideTaxes), canonical(wideTaxes, allTaxes));
    assert.deepEqual(await bed.read(table!, wider), canonical(wider, rows));
  });
}

function appendTests(test: BedTest): void {
  test("children, append: those of every load stand", async (bed) => {
    const target = { ...orders(bed, "append"), metadataColumns: false };
    const writer = await begin(bed, target);
    await load(bed, writer, { orders: [{ id: 1, lines: ["a"] }] });
    await load(bed, writer, { orders: [{ id: 1, lines: ["a"] }, { id: 2 }] });
    await assertStands(bed, target, [{ id: 1, lines: ["a"] }, { id: 1, lines: ["a"] }, { id: 2 }]);
  });
}

function overwriteTests(test: BedTest): void {
  test("children, overwrite: they are swapped with their parent, by its last commit", async (bed) => {
    const target = orders(bed, "overwrite");
    const old = [{ id: 1, lines: ["old"], taxes: [[1]] }];
    await load(bed, await begin(bed, target), { orders: old, publish: true });
    await bed.close();
    const unfinished = await begin(bed, target);
    await load(bed, unfinished, { orders: [{ id: 2, lines: ["new"] }] });
    await assertStands(bed, target, old);
    await bed.close();
    await assertStands(bed, target, old);
    const writer = await begin(bed, target);
    await load(bed, writer, { orders: [{ id: 3, lines: ["new"] }] });
    await load(bed, writer, { orders: [{ id: 4, taxes: [[4]] }], publish: true });
    await assertStands(bed, target, [
      { id: 3, lines: ["new"] },
      { id: 4, taxes: [[4]] },
    ]);
  });
}

function mergeTests(test: BedTest): void {
  test("children, merge: those of a key that is written are replaced, the others stay", async (bed) => {
    const target = orders(bed, "merge");
    const writer = await begin(bed, target);
    const stays = { id: 5, lines: ["v", "w"], taxes: [[5, 5], []] };
    const before = ["a", "b", "c"].map((sku, at) => ({ id: at + 1, lines: [sku, sku], taxes: [[1], [2]] }));
    await load(bed, writer, { orders: [...before, stays] });
    const after = [
      { id: 1, lines: ["a1", "a2", "a3"], taxes: [[], [], [9]] },
      { id: 2 },
      { id: 3, lines: ["c"] },
      { id: 4, lines: ["d"] },
    ];
    await load(bed, writer, { orders: after, batchRows: 3 });
    await assertStands(bed, target, [...after, stays]);
  });

  for (const isFirst of [true, false]) {
    test(`children, merge: those of older versions in a load are left out, ${isFirst ? "in the first" : "in a later"} load`, async (bed) => {
      const target = { ...orders(bed, "merge"), cursorField: "version" };
      const writer = await begin(bed, target);
      if (!isFirst) await load(bed, writer, { orders: [{ id: 1, version: 0, lines: ["before"] }] });
      const newest = { id: 1, version: 3, lines: ["newest"], taxes: [[3]] };
      const last = { id: 2, version: 1, lines: ["last"] };
      const given = [
        ...[{ id: 1, version: 2, lines: ["x", "y"], taxes: [[1], [2]] }, newest],
        ...[{ id: 2, version: 1, lines: ["first"] }, { id: 1, version: 1, lines: ["z"] }, last],
      ];
      const staged = await load(bed, writer, { orders: given, batchRows: 2 });
      assert.deepEqual([staged.written, staged.deduplicated], [2, 3]);
      await assertStands(bed, target, [newest, last]);
    });
  }
}

function removalTests(test: BedTest): void {
  test("children, merge: they go with a row that is removed, and stay with one that is marked", async (bed) => {
    const target = orders(bed, "merge");
    const writer = await begin(bed, target);
    const all = [1, 2, 3].map((id) => ({ id, lines: [`${id}`], taxes: [[id]] }));
    await load(bed, writer, { orders: all });
    await load(bed, writer, { orders: [], remove: { ids: [2, 99], how: "hard" } });
    await assertStands(bed, target, [all[0]!, all[2]!]);
    const again = await begin(bed, target);
    await load(bed, again, { orders: [], remove: { ids: [3], how: "soft" } });
    await assertStands(bed, target, [all[0]!, all[2]!]);
    const back = { id: 3, lines: ["back"] };
    await load(bed, await begin(bed, target), { orders: [back] });
    await assertStands(bed, target, [all[0]!, back]);
  });

  test("children, merge: those of rows over which the table has something newer are left out", async (bed) => {
    const target = orders(bed, "merge");
    const writer = await begin(bed, target);
    const old = await load(bed, writer, { orders: [{ id: 1, lines: ["old"] }] });
    const newer = { id: 2, lines: ["newer"], taxes: [[2]] };
    await load(bed, writer, { orders: [newer] });
    const replayed = [1, 2, 3].map((id) => ({ id, lines: ["replayed", "too"] }));
    const staged = await load(bed, writer, { orders: replayed, asOf: old.loadId + 1 });
    assert.deepEqual([staged.written, staged.deduplicated], [2, 1]);
    await assertStands(bed, target, [replayed[0]!, newer, replayed[2]!]);
  });
}
