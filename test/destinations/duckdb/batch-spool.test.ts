import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { batchSpool } from "../../../destinations/duckdb/batch-spool.js";
import type { Batch } from "../../../sdk/batch/batch.js";
import { pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import { list, scalar } from "../../../sdk/schema/column-type.js";

let folder: string;
const columns = [
  { name: "id", type: scalar("int64"), nullable: false },
  { name: "text", type: scalar("string"), nullable: true },
  { name: "tags", type: list(scalar("string")), nullable: true },
];
const batchOf = (...texts: (string | null)[]) => {
  return pack(
    columns,
    texts.map((text, id) => ({ id, text, tags: text === null ? null : [text] })),
  );
};
const textsOf = (batch: Batch) => unpack(batch).map(({ text, tags }) => [text, tags]);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-spool-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("gives batches back in their order, once, and leaves no file", async () => {
  const spool = batchSpool(join(folder, "new"));
  await spool.put(batchOf("a", null, "ü"));
  await spool.put(batchOf("💡"));
  const given = [];
  for await (const batch of spool.take()) given.push(textsOf(batch));
  expect(given).toEqual([
    [
      ["a", ["a"]],
      [null, null],
      ["ü", ["ü"]],
    ],
    [["💡", ["💡"]]],
  ]);
  await spool.put(batchOf("b"));
  for await (const batch of spool.take()) expect(textsOf(batch)).toEqual([["b", ["b"]]]);
  expect(readdirSync(join(folder, "new"))).toEqual([]);
});

it("leaves no file of what it drops", async () => {
  const [spool, other] = [batchSpool(folder), batchSpool(folder)];
  await spool.put(batchOf("a"));
  await other.put(batchOf("b"));
  await spool.discard();
  expect(readdirSync(folder)).toHaveLength(1);
  for await (const batch of spool.take()) expect(batch).toBeUndefined();
  await other.discard();
});
