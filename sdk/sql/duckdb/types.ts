import type { ColumnType } from "../../schema/column-type.js";

const scalars = {
  boolean: "BOOLEAN",
  int16: "SMALLINT",
  int32: "INTEGER",
  int64: "BIGINT",
  float32: "FLOAT",
  float64: "DOUBLE",
  string: "VARCHAR",
  binary: "BLOB",
  date: "DATE",
  time: "TIME",
  timestamp: "TIMESTAMPTZ",
  datetime: "TIMESTAMP",
  uuid: "UUID",
  json: "JSON",
} as const;

/** The DuckDB type of a logical type, as SQL. */
export function duckType(type: ColumnType): string {
  if (type.kind === "decimal") return `DECIMAL(${type.precision},${type.scale})`;
  if (type.kind === "list") return `${duckType(type.item)}[]`;
  return scalars[type.kind];
}
