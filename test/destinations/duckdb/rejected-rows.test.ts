import { expect, it } from "vitest";
import { rejectedRows } from "../../../destinations/duckdb/rejected-rows.js";
import { unpack } from "../../../sdk/batch/unpack.js";

const rejected = (id: number, row: string) => ({
  quarantineId: `7-${id}`,
  rule: id < 3 ? "not_null(ü)" : "",
  reason: "'ü' is null",
  row,
  sourcePosition: id % 2 === 0 ? { file: "a'b.csv", row: id } : undefined,
});

it("gathers rejected rows as columns, every text as it is", () => {
  const gathered = rejectedRows();
  expect(gathered.take()).toBeUndefined();
  gathered.append(rejected(1, '{"a": 1.10}'));
  gathered.append(rejected(2, '{"a":"💡"}'));
  gathered.append(rejected(3, "{}"));
  const position = `{"file":"a'b.csv","row":2}`;
  expect(unpack(gathered.take()!)).toEqual([
    { quarantine_id: "7-1", rule: "not_null(ü)", reason: "'ü' is null", row: '{"a": 1.10}', source_position: null },
    { quarantine_id: "7-2", rule: "not_null(ü)", reason: "'ü' is null", row: '{"a":"💡"}', source_position: position },
    { quarantine_id: "7-3", rule: "", reason: "'ü' is null", row: "{}", source_position: null },
  ]);
  gathered.append(rejected(4, "[]"));
  expect(unpack(gathered.take()!).map(({ row, rule }) => [row, rule])).toEqual([["[]", ""]]);
});

it("is full at 8 MiB, and no more when they were taken", () => {
  const gathered = rejectedRows();
  const sizes = Array.from({ length: 20 }, (_, i) => {
    gathered.append(rejected(i, `"${"x".repeat(1024 * 1024)}"`));
    return gathered.isFull ? gathered.take()!.rows : 0;
  });
  expect(sizes.filter((rows) => rows > 0)).toEqual([8, 8]);
});
