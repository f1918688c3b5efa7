import { expect, it } from "vitest";
import { rejectedRows } from "../../../destinations/duckdb/rejected-rows.js";
import type { Batch } from "../../../sdk/batch/batch.js";
import { unpack } from "../../../sdk/batch/unpack.js";

const rejected = (id: number, row: string) => ({
  quarantineId: `7-${id}`,
  rule: "not_null(ü)",
  reason: "'ü' is null",
  row,
  sourcePosition: id % 2 === 0 ? { file: "a'b.csv", row: id } : undefined,
});
const column = (batch: Batch, name: string) => unpack(batch).map((row) => row[name]);

it("hands rejected rows over at the end, every text as it is", async () => {
  const batches: Batch[] = [];
  const buffer = rejectedRows(async (batch) => void batches.push(batch));
  await buffer.add([rejected(1, '{"a": 1.10}')]);
  await buffer.add([rejected(2, '{"a":"💡"}')]);
  expect(batches).toEqual([]);
  await buffer.flush();
  await buffer.flush();
  expect(batches.map(({ rows }) => rows)).toEqual([2]);
  expect(column(batches[0]!, "quarantine_id")).toEqual(["7-1", "7-2"]);
  expect(column(batches[0]!, "rule")).toEqual(["not_null(ü)", "not_null(ü)"]);
  expect(column(batches[0]!, "row")).toEqual(['{"a": 1.10}', '{"a":"💡"}']);
  expect(column(batches[0]!, "source_position")).toEqual([null, `{"file":"a'b.csv","row":2}`]);
});

it("hands them over before they are much more than 8 MiB", async () => {
  const sizes: number[] = [];
  const buffer = rejectedRows(async ({ rows }) => void sizes.push(rows));
  await buffer.add(Array.from({ length: 20 }, (_, i) => rejected(i, `"${"x".repeat(1024 * 1024)}"`)));
  await buffer.flush();
  expect(sizes).toEqual([8, 8, 4]);
});
