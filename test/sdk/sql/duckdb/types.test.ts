import { expect, test } from "vitest";
import { formatType, parseType, scalarKinds } from "../../../../sdk/schema/column-type.js";
import { castToLogical, duckType, logicalType } from "../../../../sdk/sql/duckdb/types.js";

test("every logical type has a DuckDB type that leads back to it, without a cast", () => {
  for (const text of [...scalarKinds, "decimal(12,2)", "list<int32>", "list<list<decimal(38,0)>>"]) {
    const type = parseType(text);
    expect(formatType(logicalType(duckType(type)))).toBe(text);
    expect(castToLogical("x", duckType(type))).toBe("x");
  }
});

test.each([
  ["TINYINT", "int16", "CAST(x AS SMALLINT)"],
  ["USMALLINT", "int32", "CAST(x AS INTEGER)"],
  ["UINTEGER", "int64", "CAST(x AS BIGINT)"],
  ["UBIGINT", "decimal(20,0)", "CAST(x AS DECIMAL(20,0))"],
  ["HUGEINT", "decimal(38,0)", "CAST(x AS DECIMAL(38,0))"],
  ["UHUGEINT", "string", "CAST(x AS VARCHAR)"],
  ["INTERVAL", "string", "CAST(x AS VARCHAR)"],
  ["ENUM('a', 'b[]')", "string", "CAST(x AS VARCHAR)"],
  ["TIMESTAMP_S", "datetime", "CAST(x AS TIMESTAMP)"],
  ["TIMESTAMP_NS", "string", "CAST(x AS VARCHAR)"],
  ["TIME WITH TIME ZONE", "string", "CAST(x AS VARCHAR)"],
  ["STRUCT(a INTEGER)", "json", "CAST(to_json(x) AS JSON)"],
  ["MAP(VARCHAR, INTEGER)", "json", "CAST(to_json(x) AS JSON)"],
  ["STRUCT(a INTEGER)[]", "json", "CAST(to_json(x) AS JSON)"],
  ["INTEGER[3]", "list<int32>", "CAST(x AS INTEGER[])"],
  ["TINYINT[]", "list<int16>", "CAST(x AS SMALLINT[])"],
  ["JSON[]", "list<json>", "x"],
])("%s is read as %s", (text, type, cast) => {
  expect(formatType(logicalType(text))).toBe(type);
  expect(castToLogical("x", text)).toBe(cast);
});
