import type { ColumnType } from "../../sdk/index.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";

/**
 * The text of a timestamp as DuckDB prints it, `2024-02-29 12:00:00.5+00`. DuckDB's own cast goes through a calendar that
 * counts in floats: it is slow, and far from today it is wrong.
 */
export function timestampText(value: string): string {
  return `CASE WHEN isfinite(${value}) THEN CAST(${wallClock(value)} AS VARCHAR) || '+00' ELSE CAST(${value} AS VARCHAR) END`;
}

/** The wall clock of a finite timestamp in UTC. */
export function wallClock(value: string): string {
  return `make_timestamp(epoch_us(${value}))`;
}

/** The value of a type that stands in a file as text: what `format.ts` and `json-text.ts` write, read back. */
export function fromText(type: ColumnType, text: string): string {
  switch (type.kind) {
    case "string":
      return text;
    case "binary":
      return `from_base64(${text})`;
    case "timestamp": {
      const clock = `CAST(regexp_replace(${text}, '(Z|\\+00)$', '') AS TIMESTAMP)`;
      return `CASE WHEN ${text} LIKE '%inf%' THEN CAST(${text} AS TIMESTAMPTZ) ELSE make_timestamptz(epoch_us(${clock})) END`;
    }
    case "list":
      return `list_transform(CAST(CAST(${text} AS JSON) AS VARCHAR[]), lambda x: ${fromText(type.item, "x")})`;
    default:
      return `CAST(${text} AS ${duckType(type)})`;
  }
}
