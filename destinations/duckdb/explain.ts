import type { Target } from "../../sdk/destination.js";
import { DataError, type SluiceError } from "../../sdk/errors.js";
import { duckError } from "../../sdk/sql/duckdb/duck-error.js";

/** An error of a load, with the stream and, for a null that a column does not take, the column. */
export function explain(error: unknown, { stream, primaryKey }: Target): SluiceError {
  const mapped = duckError(error, { stream });
  const column = /NOT NULL constraint failed: .*?\.([^.]+)$/.exec(mapped.message)?.[1];
  if (mapped.code !== "duckdb.constraint_violated" || column === undefined) return mapped;
  const isKey = primaryKey.includes(column);
  return new DataError(
    isKey ? "key.null" : "value.null",
    `${stream}: column '${column}' is null in a row and NOT NULL in the table`,
    {
      stream,
      column,
      cause: error,
      hint: "correct the row at the source, or make the column nullable",
    },
  );
}
