import type { SluiceError } from "../../sdk/errors.js";
import type { Scan } from "../../sdk/messages.js";
import { duckError } from "../../sdk/sql/duckdb/duck-error.js";

export function scanErrorOf(error: unknown, { origin }: Scan): SluiceError {
  return duckError(error, { path: origin });
}
