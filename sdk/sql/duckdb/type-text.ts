import duckdb from "@duckdb/node-bindings";

/** A result column's type as DuckDB writes it, as far as `logicalType` looks at it. */
export function typeText(type: duckdb.LogicalType): string {
  const id = duckdb.get_type_id(type);
  const alias = duckdb.logical_type_get_alias(type);
  if (alias !== null && alias !== "") return alias;
  switch (id) {
    case duckdb.Type.DECIMAL:
      return `DECIMAL(${duckdb.decimal_width(type)},${duckdb.decimal_scale(type)})`;
    case duckdb.Type.LIST:
      return `${typeText(duckdb.list_type_child_type(type))}[]`;
    case duckdb.Type.ARRAY:
      return `${typeText(duckdb.array_type_child_type(type))}[${duckdb.array_type_array_size(type)}]`;
    case duckdb.Type.STRUCT:
    case duckdb.Type.MAP:
    case duckdb.Type.UNION:
      return `${duckdb.Type[id]}(…)`;
    case duckdb.Type.TIMESTAMP_TZ:
      return "TIMESTAMP WITH TIME ZONE";
    case duckdb.Type.TIME_TZ:
      return "TIME WITH TIME ZONE";
    case duckdb.Type.SQLNULL:
      return '"NULL"';
    default:
      return duckdb.Type[id];
  }
}
