import { expect, test } from "vitest";
import { aggregates, aggregatesRows } from "../../../core/quality/aggregates.js";
import { expressionEngine } from "../../../core/transform/engine.js";

test.each([
  ["sum(total) > 0", true],
  ["COUNT (*) > 0", true],
  ["coalesce(max(a), 0) = 1", true],
  ["total > 0", false],
  ["list_sum(a) > 0 and sum > 1", false],
  ["note = 'sum(total)' or \"count(x)\" = 1 -- max(a)\n /* min(b) */", false],
])("%s aggregates rows: %s", (sql, expected) => {
  expect(aggregatesRows(sql)).toBe(expected);
});

test("every aggregate of DuckDB is known", async () => {
  const engine = expressionEngine(64 * 1024 ** 2);
  const { rows } = await (await engine.calculator()).query(
    `SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE function_type = 'aggregate'
       AND function_name NOT IN (SELECT unnest($1::VARCHAR[]))`,
    [`[${windows.join(", ")}]`],
  );
  await engine.close();
  expect(rows.flat().filter((name) => !aggregates.has(String(name)))).toEqual([]);
});

/** What has a meaning in a window only. */
const windows =
  "cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number".split(
    " ",
  );
