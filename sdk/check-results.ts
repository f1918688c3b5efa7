import type { Target } from "./destination.js";
import type { CheckResult, FreshnessCheck, RowCountCheck, UniqueCheck } from "./table-check.js";

/** What a row_count check comes to. */
export function rowCountResult({ min, max }: RowCountCheck, rows: number): CheckResult {
  const holds = rows >= (min ?? 0) && rows <= (max ?? Number.POSITIVE_INFINITY);
  return { failed: holds ? 0 : 1, examples: [], value: rows };
}

/** What a freshness check comes to, given the column's greatest value that is no infinity. */
export function freshnessResult(
  { maxAgeMs, now }: FreshnessCheck,
  newest: { readonly text: string; readonly epochMs: number } | undefined,
): CheckResult {
  const holds = newest !== undefined && now.getTime() - newest.epochMs <= maxAgeMs;
  return { failed: holds ? 0 : 1, examples: [], value: newest?.text ?? null };
}

/** Whether a check holds because the table has one row a key: nothing needs to be looked at. */
export function holdsByKey({ columns }: UniqueCheck, { writeMode, primaryKey }: Target): boolean {
  const keyed = writeMode === "merge" || writeMode === "scd2";
  return keyed && primaryKey.every((key) => columns.includes(key));
}
