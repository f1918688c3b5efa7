import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPacker } from "../../../sdk/batch/pack.js";
import { type UnpackedValue, unpack } from "../../../sdk/batch/unpack.js";
import { rawJson } from "../../../sdk/raw-json.js";
import { type ColumnType, formatType, parseType } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { closeConnection, closeDatabase, connect, openDatabase } from "../../../sdk/sql/duckdb/database.js";
import { readBatches } from "../../../sdk/sql/duckdb/read.js";
import { execute } from "../../../sdk/sql/duckdb/statement.js";
import { edgeValues, extremeValues } from "../../../sdk/testing/edge-values.js";
import { columns, commitOf, filesUnder, type Lake, lake, rowsOf, sync, target } from "./support.js";

let place: Lake;
beforeEach(async () => {
  place = await lake();
});
afterEach(async () => {
  expect(place.warnings).toEqual([]);
  await place.remove();
});

const types = [
  "boolean",
  "int16",
  "int32",
  "int64",
  "float32",
  "float64",
  "decimal(5,2)",
  "decimal(2,2)",
  "decimal(18,6)",
  "decimal(38,10)",
  "string",
  "binary",
  "date",
  "time",
  "timestamp",
  "datetime",
  "uuid",
  "json",
  "list<string>",
  "list<int64>",
  "list<decimal(5,2)>",
  "list<list<float64>>",
  "list<timestamp>",
].map(parseType);

const of: Column[] = [
  { name: "at", type: parseType("int64"), nullable: false },
  ...types.map((type) => ({ name: formatType(type), type, nullable: true })),
];

/** A row for every edge of the type that has most, the other types' edges over and over. */
function edgeRows(accepts: (value: UnpackedValue) => boolean): Record<string, UnpackedValue>[] {
  const edges = types.map((type) => [null, ...edgeValues(type), null, ...extremeValues(type)].filter(accepts));
  const most = Math.max(...edges.map(({ length }) => length));
  return Array.from({ length: most }, (_, at) => ({
    at: BigInt(at),
    ...Object.fromEntries(types.map((type, i) => [formatType(type), edges[i]![at % edges[i]!.length]!])),
  }));
}

/** Writes rows and gives what the table's view reads back. */
async function roundTrip(format: string, rows: readonly Record<string, UnpackedValue>[]) {
  const destination = await place.open({ format });
  const packer = createPacker(of);
  for (const row of rows) {
    packer.add(Object.fromEntries(of.map(({ name, type }) => [name, packable(type, row[name]!)])));
  }
  const writer = await destination.begin(target({ metadataColumns: false }));
  await writer.start(of);
  await writer.startLoad(1);
  await writer.write(packer.flush()!);
  expect(await writer.flush()).toEqual({ written: rows.length, deduplicated: 0 });
  await writer.commit(commitOf(1));
  await writer.close();
  return await readView(join(place.folder, "lake"));
}

async function readView(root: string): Promise<Record<string, UnpackedValue>[]> {
  const views = await readFile(join(root, "_sluice_views.sql"), "utf8");
  const database = await openDatabase({ path: ":memory:", memoryBytes: 1e8, threads: 1, tempDir: root });
  const connection = await connect(database);
  try {
    await execute(connection, views);
    const found: Record<string, UnpackedValue>[] = [];
    const limits = { rows: 1000, bytes: 1e7 };
    const { signal } = new AbortController();
    const sql = 'SELECT * FROM shop.orders ORDER BY "at"';
    for await (const batch of readBatches(connection, sql, { columns: of, limits, signal }))
      found.push(...unpack(batch));
    return found;
  } finally {
    closeConnection(connection);
    closeDatabase(database);
  }
}

/** json values go in as the text they are, also those in lists. */
function packable(type: ColumnType, value: UnpackedValue): unknown {
  return type.kind === "json" && typeof value === "string" ? rawJson(value) : value;
}

const hasNul = (value: UnpackedValue): boolean =>
  typeof value === "string" ? value.includes("\0") : Array.isArray(value) && value.some(hasNul);

describe("values", () => {
  it("come back from Parquet exactly, edges and extremes of every type", async () => {
    const once = edgeRows(() => true);
    // Twice: values that come again go into dictionaries.
    const rows = [...once, ...once].map((row, at) => ({ ...row, at: BigInt(at) }));
    expect(await roundTrip("parquet", rows)).toEqual(rows);
  });

  it("come back from CSV exactly, NULL apart from the empty string", async () => {
    const rows = edgeRows((value) => !hasNul(value));
    expect(await roundTrip("csv", rows)).toEqual(rows);
  });

  it("come back from JSON lines exactly; json values mean the same", async () => {
    const rows = edgeRows(() => true);
    const found = await roundTrip("jsonl", rows);
    const withoutJson = (row: Record<string, UnpackedValue>) => ({ ...row, json: null });
    expect(found.map(withoutJson)).toEqual(rows.map(withoutJson));
    const meaning = (row: Record<string, UnpackedValue>) => JSON.parse(String(row.json ?? "null"));
    expect(found.map(meaning)).toEqual(rows.map(meaning));
  });

  it("stand in a JSON line with every digit, and no bare NaN", async () => {
    const destination = await place.open({ format: "jsonl" });
    const columnsHere = columns(
      "i int64, d decimal(5,2), f decimal(2,2), w decimal(38,10), v decimal(38,10), x float64?, y float32, j json, t timestamp, b binary, l list<decimal(5,2)>",
    );
    const row = {
      i: 9007199254740993n,
      d: "1.10",
      f: "0.10",
      w: "1234567890123456789012345678.0123456789",
      v: "12.5",
      x: Number.NaN,
      y: Math.fround(0.1),
      j: rawJson('{"n": 1.00000000000000000001,\n "e": 1e2}'),
      t: new Date("2024-02-29T12:00:00.5Z"),
      b: new Uint8Array([0, 255]),
      l: ["1.10", null],
    };
    await sync(destination, target({ metadataColumns: false }), columnsHere, [row, { ...row, x: null }]);
    const [file] = await filesUnder(join(place.folder, "lake/shop/orders/data"));
    const lines = (await readFile(join(place.folder, "lake/shop/orders/data", file!), "utf8")).split("\n");
    expect(lines[0]).toBe(
      '{"i":9007199254740993,"d":1.10,"f":0.10,"w":"1234567890123456789012345678.0123456789","v":12.5000000000,"x":"NaN","y":0.1,' +
        '"j":{"n": 1.00000000000000000001,  "e": 1e2},"t":"2024-02-29T12:00:00.5Z","b":"AP8=","l":[1.10,null]}',
    );
    expect(JSON.parse(lines[1]!).x).toBeNull();
    expect(lines).toHaveLength(3);
  });

  it("stand in a CSV file as RFC 4180 says", async () => {
    const destination = await place.open({ format: "csv", null_text: "NULL" });
    await sync(destination, target({ metadataColumns: false }), columns("a string?, b string?, c int64?"), [
      { a: 'say "hi"', b: "x,y\nz", c: 1 },
      { a: null, b: "", c: null },
      { a: "NULL", b: " ", c: 2 },
    ]);
    const [file] = await filesUnder(join(place.folder, "lake/shop/orders/data"));
    const text = await readFile(join(place.folder, "lake/shop/orders/data", file!), "utf8");
    expect(text.split("\n").sort()).toEqual(
      ["a,b,c", '"say ""hi""","x,y', 'z",1', "NULL,,NULL", '"NULL", ,2', ""].sort(),
    );
    expect(await rowsOf(destination, "SELECT a, b FROM shop.orders WHERE c IS NULL")).toEqual([[null, ""]]);
  });
});
