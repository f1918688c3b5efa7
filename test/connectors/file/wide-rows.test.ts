import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { FileReader } from "../../../connectors/file/reader.js";
import { inspectedRows, isForBatches } from "../../../connectors/file/wide-rows.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-wide-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const reader = {} as FileReader;

function lines(name: string, count: number, width: number) {
  const path = join(folder, name);
  writeFileSync(path, `${"x".repeat(width - 1)}\n`.repeat(count));
  const facts = { path, name, size: statSync(path).size, modified: 0 };
  return { ...facts, format: "jsonl", compression: "none" } as const;
}

describe("a file of lines", () => {
  it("is for batches where its first lines are long", async () => {
    expect(await isForBatches(lines("wide", 600, 30_000), reader)).toBe(true);
    expect(await isForBatches(lines("widest", 10, 2_000_000), reader)).toBe(true);
  });

  it("is for a scan where they are short, or where all of it is little", async () => {
    expect(await isForBatches(lines("narrow", 100_000, 200), reader)).toBe(false);
    expect(await isForBatches(lines("small", 10, 30_000), reader)).toBe(false);
  });
});

describe("a compressed file of lines", () => {
  it("is for batches, whatever its rows", async () => {
    expect(await isForBatches({ ...lines("packed", 10, 200), compression: "gzip" }, reader)).toBe(true);
  });
});

describe("a file that says how long its rows are", () => {
  it("is believed", async () => {
    const file = { ...lines("said", 100_000, 200), format: "parquet" } as const;
    expect(await isForBatches(file, { ...reader, rowBytes: async () => 1_000_000 })).toBe(true);
    expect(await isForBatches(file, { ...reader, rowBytes: async () => 100 })).toBe(false);
  });
});

describe("the rows looked at before a load", () => {
  it("are as many as asked for where they are narrow", async () => {
    expect(await inspectedRows(lines("usual", 100_000, 200), reader, 4096)).toBe(4096);
    expect(await inspectedRows(lines("few", 3, 200), reader, 4096)).toBe(4096);
  });

  it("are fewer where they are wide, by the beginning of the file or what the file says", async () => {
    expect(await inspectedRows(lines("long", 40, 100_000), reader, 4096)).toBeLessThan(400);
    expect(await inspectedRows(lines("longest", 2, 2_000_000), reader, 4096)).toBe(32);
    const file = { ...lines("told", 100_000, 200), format: "parquet" } as const;
    expect(await inspectedRows(file, { ...reader, rowBytes: async () => 10 ** 9 }, 4096)).toBe(1);
  });

  it("are fewer in a compressed file too", async () => {
    const path = join(folder, "wide.gz");
    const rows = Array.from({ length: 40 }, () => `${randomBytes(50_000).toString("hex")}\n`);
    writeFileSync(path, gzipSync(rows.join("")));
    const file = {
      path,
      name: "wide.gz",
      size: statSync(path).size,
      modified: 0,
      format: "csv",
      compression: "gzip",
    } as const;
    expect(await inspectedRows(file, reader, 4096)).toBeLessThan(400);
  });
});
