import assert from "node:assert/strict";
import type { UnpackedValue } from "../batch/unpack.js";
import type { Target } from "../destination.js";
import { SluiceError } from "../errors.js";
import { type ColumnType, formatType, parseType, scalarKinds } from "../schema/column-type.js";
import { repack } from "./canonical-rows.js";
import { type BedTest, canonical, columnsOf, type DestinationFixture, type Rows } from "./destination-bed.js";
import { isNothing } from "./destination-state-tests.js";
import { edgeValues, extremeValues } from "./edge-values.js";
import { shifted } from "./shifted-batch.js";

const decimals = [
  "decimal(1,0)",
  "decimal(4,2)",
  "decimal(9,9)",
  "decimal(18,4)",
  "decimal(19,0)",
  "decimal(38,0)",
  "decimal(38,38)",
];
const lists = [
  "list<boolean>",
  "list<int16>",
  "list<int64>",
  "list<float64>",
  "list<string>",
  "list<decimal(20,2)>",
  "list<timestamp>",
  "list<uuid>",
  "list<list<int32>>",
];
const types: readonly ColumnType[] = [...scalarKinds, ...decimals, ...lists].map(parseType);

/** Every value comes out as it went in, or the load fails. */
export function valueTests(test: BedTest, { mayRefuse, foldsNegativeZero }: DestinationFixture): void {
  const certain = types.filter((type) => !mayRefuse.includes(formatType(type)));

  const columns = [
    ...columnsOf({ id: "int64!" }),
    ...certain.map((type) => ({ name: formatType(type), type, nullable: true })),
  ];
  const values = certain.map((type) => [
    null,
    ...(foldsNegativeZero ? edgeValues(type).map(unsigned) : edgeValues(type)),
  ]);
  const most = Math.max(...values.map(({ length }) => length));
  const rows = Array.from({ length: most }, (_, i) =>
    Object.fromEntries([["id", BigInt(i)], ...certain.map((type, c) => [formatType(type), values[c]![i] ?? null])]),
  );

  for (const writeMode of ["append", "merge"] as const) {
    test(`${writeMode}: the edge values of every type are kept exactly`, async (bed) => {
      const target = bed.target({ writeMode, primaryKey: ["id"] });
      const writer = await bed.writer(await bed.open(), target, columns);
      await bed.load(writer, { columns, rows: rows.slice(0, 4) });
      await bed.load(writer, { columns, rows: rows.slice(4), batchRows: 3 });
      assert.deepEqual(await bed.read(target, columns), canonical(columns, rows));
    });
  }

  for (const type of types) {
    const columns = columnsOf({ id: "int64!", v: formatType(type) });
    const uncertain = certain.includes(type) ? extremeValues(type) : edgeValues(type);
    if (uncertain.length === 0) continue;
    test(`${formatType(type)}: each extreme value is kept exactly or refused`, async (bed) => {
      const destination = await bed.open();
      const tried: { target: Target; rows: Rows; refused: unknown }[] = [];
      for (const value of uncertain) {
        const target = bed.target();
        const writer = await bed.writer(destination, target, columns);
        const rows = [{ id: 1n, v: value }];
        const refused = await bed.load(writer, { columns, rows }).then(() => undefined, refusal);
        if (refused !== undefined) await writer.abort().catch(() => undefined);
        await writer.close();
        tried.push({ target, rows, refused });
      }
      for (const { target, rows, refused } of tried) {
        const found = await bed.read(target, columns);
        if (refused === undefined) assert.deepEqual(found, canonical(columns, rows));
        else {
          assert.ok(refused instanceof SluiceError && ["data", "config"].includes(refused.kind), `${refused}`);
          assert.ok(isNothing(found), `${rows[0]?.v} was refused, and yet there are rows`);
        }
      }
    });
  }

  test("merge: 0 and -0, and texts that some collations take for one, stay apart in their thousands", async (bed) => {
    const columns = columnsOf({
      id: "int64!",
      single: "float32",
      double: "float64",
      list: "list<float64>",
      text: "string",
    });
    const texts = ["a", "A", "a ", "\u00e4", "a\u0308"];
    const zeros = foldsNegativeZero ? [0, 1] : [0, -0, 0, 1];
    const rows = Array.from({ length: 4000 }, (_, i) => {
      const zero = zeros[i % zeros.length]!;
      return { id: BigInt(i), single: zero, double: zero, list: [zero, 0], text: texts[i % 5]! };
    });
    const target = bed.target({ writeMode: "merge", primaryKey: ["id"] });
    const writer = await bed.writer(await bed.open(), target, columns);
    await bed.load(writer, { columns, rows: rows.slice(0, 2000) });
    await bed.load(writer, { columns, rows: rows.slice(1000) });
    assert.deepEqual(await bed.read(target, columns), canonical(columns, rows));
  });

  test("vectors that start elsewhere in their buffers, with anything under their nulls", async (bed) => {
    const target = bed.target();
    const writer = await bed.writer(await bed.open(), target, columns);
    const loadId = 1_764_999_000_000_000;
    await writer.startLoad(loadId);
    await writer.write(shifted(repack(columns, rows)));
    await bed.commit(writer, { ...(await writer.flush()), loadId }, { rows });
    assert.deepEqual(await bed.read(target, columns), canonical(columns, rows));
  });

  test("values of megabytes", async (bed) => {
    const columns = columnsOf({ id: "int64!", text: "string", bytes: "binary", numbers: "list<int64>" });
    const target = bed.target();
    const writer = await bed.writer(await bed.open(), target, columns);
    const rows = [
      {
        id: 1n,
        text: "ä€😀".repeat(500_000),
        bytes: new Uint8Array(3_000_000).map((_, i) => i),
        numbers: Array.from({ length: 50_000 }, (_, i) => BigInt(i)),
      },
    ];
    await bed.load(writer, { columns, rows });
    const found = await bed.read(target, columns);
    assert.ok(JSON.stringify(found) === JSON.stringify(canonical(columns, rows)), "a large value has changed");
  });

  test("a table of 400 columns", async (bed) => {
    const kinds = ["int32", "string", "timestamp", "decimal(12,2)", "boolean"];
    const columns = columnsOf(
      Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`column_${i}`, kinds[i % 5]!])),
    );
    const rows = Array.from({ length: 50 }, (_, row) =>
      Object.fromEntries(columns.map(({ name, type }, c) => [name, [null, ...edgeValues(type)][(row + c) % 5]!])),
    );
    const target = bed.target();
    const writer = await bed.writer(await bed.open(), target, columns);
    await bed.load(writer, { columns, rows });
    assert.deepEqual(await bed.read(target, columns), canonical(columns, rows));
  });
}

/** 0 for -0. */
function unsigned(value: UnpackedValue): UnpackedValue {
  if (Object.is(value, -0)) return 0;
  return Array.isArray(value) ? value.map(unsigned) : value;
}

function refusal(error: unknown): unknown {
  return error;
}
