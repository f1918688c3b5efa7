import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  Dictionary,
  Int8,
  Int32,
  makeData,
  RecordBatchFileWriter,
  Table,
  TimestampMillisecond,
  TimestampNanosecond,
  tableFromArrays,
  tableToIPC,
  Uint64,
  Utf8,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { folderWith, load } from "./file-source.js";

const table = new Table({
  tiny: vectorFromArray([-128, null, 127], new Int8()),
  big: vectorFromArray([18446744073709551615n, 0n, null], new Uint64()),
  word: vectorFromArray(["x", "y", "x"], new Dictionary(new Utf8(), new Int32())),
  at: vectorFromArray([0, 1000, null], new TimestampMillisecond()),
});

describe("Arrow IPC", () => {
  it.each([
    ["file", () => RecordBatchFileWriter.writeAll(table).toUint8Array(true)],
    ["stream", () => tableToIPC(table, "stream")],
  ] as const)("reads a %s, with types that are not laid out as ours", async (_kind, bytes) => {
    const { columns, rows } = await load(await folderWith({ "t.arrow": await bytes() }), { path: "t.arrow" });
    expect(columns).toEqual(["tiny:int16", "big:decimal(20,0)", "word:string", "at:datetime"]);
    expect(rows).toEqual([
      ["-128", "18446744073709551615", "x", "1970-01-01 00:00:00"],
      [null, "0", "y", "1970-01-01 00:00:01"],
      ["127", null, "x", null],
    ]);
  });

  it("cuts large record batches to the size asked for, and filters them", async () => {
    const n = Int32Array.from({ length: 10_000 }, (_, i) => i);
    const dir = await folderWith({ "t.arrow": tableToIPC(tableFromArrays({ n }), "file") });
    expect((await load(dir, { path: "t.arrow" })).rows).toHaveLength(10_000);
    const filter = [{ column: "n", operator: ">=", values: ["9998"] } as const];
    expect((await load(dir, { path: "t.arrow" }, { filter })).rows).toEqual([["9998"], ["9999"]]);
  });

  it("stops at nanoseconds that it cannot hold", async () => {
    const nanos = new Table({
      at: new Vector([makeData({ type: new TimestampNanosecond(), data: BigInt64Array.of(1n), length: 1 })]),
    });
    const dir = await folderWith({ "t.arrow": tableToIPC(nanos, "file") });
    await expect(load(dir, { path: "t.arrow" })).rejects.toMatchObject({ code: "value.not_exact", column: "at" });
  });

  it("says so when a file is cut", async () => {
    const whole = await readFile(
      fileURLToPath(new URL("../../../node_modules/vega-datasets/data/flights-200k.arrow", import.meta.url)),
    );
    for (const length of [whole.length / 2, 100, 0]) {
      const dir = await folderWith({ "t.arrow": whole.subarray(0, length) });
      await expect(load(dir, { path: "t.arrow" })).rejects.toMatchObject({ code: "file.damaged" });
    }
  });
});
