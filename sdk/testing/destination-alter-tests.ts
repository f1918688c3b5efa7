import assert from "node:assert/strict";
import type { UnpackedValue } from "../batch/unpack.js";
import type { SchemaChange } from "../destination.js";
import { parseType } from "../schema/column-type.js";
import { type BedTest, canonical, columnsOf, type Rows } from "./destination-bed.js";

/** Widenings of the lattice, with a value before and the same value after. */
const widenings = [
  ["int16", "int32", -5, -5],
  ["int16", "int64", 32_767, 32_767n],
  ["int32", "int64", -2_147_483_648, -2_147_483_648n],
  ["int32", "float64", 2_147_483_647, 2_147_483_647],
  ["int64", "decimal(21,2)", 9_223_372_036_854_775_807n, "9223372036854775807.00"],
  ["decimal(4,1)", "decimal(22,3)", "-123.4", "-123.400"],
  ["int64", "string", -9_223_372_036_854_775_808n, "-9223372036854775808"],
  ["decimal(38,10)", "string", "1234567890123456789012345678.0000000001", "1234567890123456789012345678.0000000001"],
  ["float32", "float64", 0.5, 0.5],
  ["date", "datetime", "2024-02-29", "2024-02-29 00:00:00"],
  ["date", "string", "2024-02-29", "2024-02-29"],
  ["boolean", "string", true, "true"],
  ["uuid", "string", "01234567-89ab-cdef-8123-456789abcdef", "01234567-89ab-cdef-8123-456789abcdef"],
  ["json", "string", '{"a": [1, 2.50]}', '{"a": [1, 2.50]}'],
  ["float64", "string", 1, "1"],
  ["float64", "string", -1e21, "-1e+21"],
  ["float64", "string", 123_456_789_012_345_680_000, "123456789012345680000"],
  ["float64", "string", 1234567890123456.8, "1234567890123456.8"],
  ["float64", "string", 1.5e-7, "1.5e-7"],
  ["float64", "string", 0.000_012, "0.000012"],
  ["float64", "string", Number.NEGATIVE_INFINITY, "-infinity"],
  ["float64", "string", Number.NaN, "NaN"],
  ["float32", "string", 16_777_216, "16777216"],
  ["float32", "string", Math.fround(0.1), "0.1"],
  ["decimal(2,2)", "string", "-0.05", "-0.05"],
  ["binary", "string", new Uint8Array([0, 171]), "\\x00ab"],
  ["time", "string", "23:59:59.5", "23:59:59.5"],
  ["datetime", "string", "0044-03-15 01:02:03.5 BC", "0044-03-15 01:02:03.5 BC"],
  ["timestamp", "string", "2024-02-29 12:00:00.000001+00", "2024-02-29 12:00:00.000001+00"],
  ["timestamp", "string", "infinity", "infinity"],
] as const;

type Widening = (typeof widenings)[number];

/** Changes to a table that keep every old value. */
export function alterTests(test: BedTest): void {
  const columns = columnsOf({ id: "int64!", note: "string" });

  for (const writeMode of ["append", "merge"] as const) {
    test(`${writeMode}: a column that is added is null in older rows`, async (bed) => {
      const target = bed.target({ writeMode, primaryKey: ["id"] });
      const destination = await bed.open();
      const writer = await bed.writer(destination, target, columns);
      await bed.load(writer, { columns, rows: [{ id: 1n, note: "a" }] });
      await writer.close();
      const wider = [...columns, ...columnsOf({ total: "decimal(12,2)", tags: "json" })];
      const next = await bed.writer(destination, target, wider);
      const changes = wider.slice(2).map((column): SchemaChange => ({ type: "add_column", column }));
      const added = { id: 2n, note: "b", total: "1.50", tags: "[]" };
      await bed.load(next, { columns: wider, rows: [added], changes });
      assert.deepEqual(
        await bed.read(target, wider),
        canonical(wider, [{ id: 1n, note: "a", total: null, tags: null }, added]),
      );
    });

    test(`${writeMode}: columns become wider along the lattice, and old values stay what they are`, async (bed) => {
      const target = bed.target({ writeMode, primaryKey: ["id"] });
      const typed = (type: (widening: Widening) => string) =>
        columnsOf({ id: "int64!", ...Object.fromEntries(widenings.map((one, i) => [`c${i}`, type(one)])) });
      const row = (id: bigint, value: (widening: Widening) => UnpackedValue) => ({
        id,
        ...Object.fromEntries(widenings.map((one, i) => [`c${i}`, value(one)])),
      });
      const narrow = typed(([from]) => from);
      const destination = await bed.open();
      const writer = await bed.writer(destination, target, narrow);
      const before = [row(1n, ([, , value]) => value), row(2n, () => null)];
      await bed.load(writer, { columns: narrow, rows: before });
      await writer.close();
      const wide = typed(([, to]) => to);
      const next = await bed.writer(destination, target, wide);
      const changes = widenings.map(([from, to], i): SchemaChange => {
        return { type: "widen_column", column: `c${i}`, from: parseType(from), to: parseType(to) };
      });
      const after = [row(3n, ([, , , value]) => value)];
      await bed.load(next, { columns: wide, rows: after, changes });
      const expected = [...after, { ...after[0], id: 1n }, row(2n, () => null)];
      assert.deepEqual(await bed.read(target, wide), canonical(wide, expected));
    });
  }

  for (const writeMode of ["append", "merge", "scd2"] as const) {
    test(`${writeMode}: a column that is renamed keeps its values, and another may take its old name`, async (bed) => {
      const target = bed.target({ writeMode, primaryKey: ["id"] });
      const destination = await bed.open();
      const before = columnsOf({ id: "int64!", note: "string", total: "int32!" });
      const first = await bed.writer(destination, target, before);
      await bed.load(first, { columns: before, rows: [{ id: 1n, note: "a", total: 5 }] });
      const rename = { type: "rename_column", column: "note", to: 'Text "2"' } as const;
      const between = columnsOf({ id: "int64!", 'Text "2"': "string", total: "int32!" });
      await bed.load(first, {
        columns: between,
        rows: [{ id: 2n, 'Text "2"': "b", total: 6 }],
        changes: [rename],
      });
      await first.close();
      const after = columnsOf({ id: "int64!", 'Text "2"': "string", sum: "int64!", note: "date" });
      const next = await bed.writer(destination, target, after);
      await bed.load(next, {
        columns: after,
        rows: [{ id: 3n, 'Text "2"': "c", sum: 7n, note: "2024-02-29" }],
        changes: [
          { type: "widen_column", column: "total", from: parseType("int32"), to: parseType("int64") },
          { type: "rename_column", column: "total", to: "sum" },
          { type: "add_column", column: { ...after[3]! } },
        ],
      });
      await next.close();
      const last = await destination.begin(target);
      assert.deepEqual(
        last.columns?.map(({ name, nullable }) => [name, nullable]),
        [
          ["id", false],
          ['Text "2"', true],
          ["sum", false],
          ["note", true],
        ],
      );
      await last.close();
      assert.deepEqual(
        await bed.read(target, after),
        canonical(after, [
          { id: 1n, 'Text "2"': "a", sum: 5n, note: null },
          { id: 2n, 'Text "2"': "b", sum: 6n, note: null },
          { id: 3n, 'Text "2"': "c", sum: 7n, note: "2024-02-29" },
        ]),
      );
    });
  }

  test("a column that is renamed back, and one that takes the name between, keep apart", async (bed) => {
    const target = bed.target();
    const destination = await bed.open();
    const writer = await bed.writer(destination, target, columns);
    await bed.load(writer, { columns, rows: [{ id: 1n, note: "a" }] });
    const both = columnsOf({ id: "int64!", old: "string", note: "string" });
    const steps: [Rows, readonly SchemaChange[]][] = [
      [
        [{ id: 2n, old: "b", note: "new" }],
        [
          { type: "rename_column", column: "note", to: "old" },
          { type: "add_column", column: both[2]! },
        ],
      ],
      [
        [{ id: 3n, old: "newer", note: "c" }],
        [
          { type: "rename_column", column: "note", to: "aside" },
          { type: "rename_column", column: "old", to: "note" },
          { type: "rename_column", column: "aside", to: "old" },
        ],
      ],
      [[{ id: 4n, old: "newest", note: "d" }], []],
    ];
    for (const [rows, changes] of steps) await bed.load(writer, { columns: both, rows, changes });
    await writer.close();
    assert.deepEqual(
      await bed.read(target, both),
      canonical(both, [
        { id: 1n, old: null, note: "a" },
        { id: 2n, old: "new", note: "b" },
        { id: 3n, old: "newer", note: "c" },
        { id: 4n, old: "newest", note: "d" },
      ]),
    );
  });

  for (const writeMode of ["append", "overwrite", "merge", "scd2"] as const) {
    test(`${writeMode}: a column that no row brings any more keeps what it has`, async (bed) => {
      const target = bed.target({ writeMode, primaryKey: ["id"], fullRefresh: writeMode === "overwrite" });
      const destination = await bed.open();
      const before = columnsOf({ id: "int64!", old: "string!", note: "string" });
      const first = await bed.writer(destination, target, before);
      const rows = [1n, 2n, 3n].map((id) => ({ id, old: `o${id}`, note: `n${id}` }));
      await bed.load(first, { columns: before, rows, publish: true });
      await first.close();
      const writer = await bed.writer(destination, target, columns, before.slice(1, 2));
      const given = [
        { id: 2n, note: "changed" },
        { id: 3n, note: "n3" },
        { id: 4n, note: "new" },
      ];
      const staged = await bed.stage(writer, {
        columns,
        rows: given,
        changes: [
          { type: "allow_null", column: "old" },
          { type: "rename_column", column: "old", to: "older" },
        ],
      });
      assert.deepEqual([staged.written, staged.deduplicated], writeMode === "scd2" ? [2, 1] : [3, 0]);
      await bed.commit(writer, staged, { rows: given, publish: true });
      await writer.close();
      const after = columnsOf({ id: "int64!", older: "string", note: "string" });
      const now = (id: bigint, older: string | null, note: string) => ({ id, older, note });
      const stood = rows.map(({ id, old, note }) => now(id, old, note));
      const expected = {
        append: [...stood, ...given.map(({ id, note }) => now(id, null, note))],
        overwrite: given.map(({ id, note }) => now(id, null, note)),
        merge: [stood[0]!, now(2n, "o2", "changed"), now(3n, "o3", "n3"), now(4n, null, "new")],
        scd2: [...stood, now(2n, "o2", "changed"), now(4n, null, "new")],
      };
      assert.deepEqual(await bed.read(target, after), canonical(after, expected[writeMode]));
    });
  }

  test("a column that allowed no null may be made to", async (bed) => {
    const target = bed.target();
    const strict = columnsOf({ id: "int64!", note: "string!" });
    const destination = await bed.open();
    const writer = await bed.writer(destination, target, strict);
    await bed.load(writer, { columns: strict, rows: [{ id: 1n, note: "a" }] });
    await writer.close();
    const next = await bed.writer(destination, target, columns);
    const rows = [{ id: 2n, note: null }];
    await bed.load(next, { columns, rows, changes: [{ type: "allow_null", column: "note" }] });
    assert.deepEqual(await bed.read(target, columns), canonical(columns, [{ id: 1n, note: "a" }, ...rows]));
  });

  test("a change that is aborted is not made", async (bed) => {
    const target = bed.target();
    const destination = await bed.open();
    const writer = await bed.writer(destination, target, columns);
    await bed.load(writer, { columns, rows: [{ id: 1n, note: "a" }] });
    await writer.close();
    const wider = [...columns, ...columnsOf({ more: "int32" })];
    const next = await bed.writer(destination, target, wider);
    await bed.stage(next, { columns: wider, rows: [], changes: [{ type: "add_column", column: wider[2]! }] });
    await next.abort();
    await next.close();
    const last = await destination.begin(target);
    assert.deepEqual(
      last.columns?.map(({ name }) => name),
      ["id", "note"],
    );
    await last.close();
  });
}
