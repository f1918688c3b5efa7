import { expect, it } from "vitest";
import { duckError } from "../../../../sdk/sql/duckdb/duck-error.js";

it("says what was short and what gives more, and leaves DuckDB's own settings out", () => {
  const told = "Out of Memory Error: could not allocate block of size 980.0 KiB (67.7 MiB/68.0 MiB used)";
  const advice = "\n\nPossible solutions:\n* Reducing the number of threads (SET threads=X)";
  const error = duckError(new Error(told + advice), { stream: "main.w" });
  expect(error).toMatchObject({ kind: "config", code: "duckdb.out_of_memory", stream: "main.w" });
  expect(error.message).toBe(`main.w: ${told}`);
  expect(error.hint).toContain("--max-memory");
});
