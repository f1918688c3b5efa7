import { type ColumnType, decimal, list, type ScalarKind, scalar, scalarKinds } from "../../schema/column-type.js";

/** The DuckDB type that holds every value of a logical type, as SQL writes it. */
export function duckType(type: ColumnType): string {
  switch (type.kind) {
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`;
    case "list":
      return `${duckType(type.item)}[]`;
    default:
      return scalarNames[type.kind];
  }
}

const scalarNames: Readonly<Record<ScalarKind, string>> = {
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
  timestamp: "TIMESTAMP WITH TIME ZONE",
  datetime: "TIMESTAMP",
  uuid: "UUID",
  json: "JSON",
};

const logicalScalars: ReadonlyMap<string, ColumnType> = new Map<string, ColumnType>([
  ...scalarKinds.map((kind): [string, ColumnType] => [scalarNames[kind], scalar(kind)]),
  ["TINYINT", scalar("int16")],
  ["UTINYINT", scalar("int16")],
  ["USMALLINT", scalar("int32")],
  ["UINTEGER", scalar("int64")],
  ["UBIGINT", decimal(20, 0)],
  ["HUGEINT", decimal(38, 0)],
  ["TIMESTAMP_S", scalar("datetime")],
  ["TIMESTAMP_MS", scalar("datetime")],
]);

/**
 * The logical type of a DuckDB type, given as DuckDB writes it (`DESCRIBE`, `typeof`, `duckdb_columns()`).
 *
 * Exact wherever there is a logical type that holds every value; HUGEINT is the exception (`decimal(38,0)`: its 39-digit
 * values make `castToLogical` raise an error). Records (STRUCT, MAP, UNION, VARIANT) and what contains them are `json`;
 * what is left (INTERVAL, ENUM, BIT, TIME WITH TIME ZONE, TIMESTAMP_NS, UHUGEINT, GEOMETRY, …) is `string` with the text that
 * DuckDB writes.
 */
export function logicalType(text: string): ColumnType {
  const known = logicalScalars.get(text);
  if (known !== undefined) return known;
  const number = /^DECIMAL\((\d+),(\d+)\)$/.exec(text);
  if (number !== null) return decimal(Number(number[1]), Number(number[2]));
  const array = /^(.*)\[\d*\]$/s.exec(text);
  if (array !== null && !/^ENUM\(/.test(text)) {
    const item = logicalType(array[1]!);
    return item.kind === "json" && array[1] !== "JSON" ? item : list(item);
  }
  return /^(?:STRUCT|MAP|UNION)\(|^VARIANT$/.test(text) ? scalar("json") : scalar("string");
}

/**
 * The SQL that brings a value of a DuckDB type exactly to the DuckDB type of its logical type; the expression itself where
 * they are one. It raises an error rather than change a value.
 */
export function castToLogical(expression: string, text: string): string {
  const type = logicalType(text);
  const target = duckType(type);
  if (target === text) return expression;
  if (type.kind === "json") return `CAST(to_json(${expression}) AS JSON)`;
  return `CAST(${expression} AS ${target})`;
}
