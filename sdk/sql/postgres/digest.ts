import type { ColumnType } from "../../schema/column-type.js";
import { type DigestDialect, fieldText } from "../digest-query.js";
import { quoteLiteral } from "./identifiers.js";
import { postgresType } from "./types.js";

/** Postgres's part of `DigestRequest`. */
export const postgresDigest: DigestDialect = {
  byteLength,
  canonicalText,
  number: (digest) => `('x0' || substr(${digest}, 1, 15))::bit(64)::bigint`,
  literal: quoteLiteral,
};

function byteLength(text: string): string {
  return `octet_length(${text})`;
}

/** Microseconds are exact since Postgres 14, whose extract() gives numeric. */
function canonicalText(expression: string, type: ColumnType): string {
  const value = `(${expression})::${postgresType(type)}`;
  switch (type.kind) {
    case "float32":
    case "float64":
      // Adding 0 makes 0 of -0.
      return `case when ${value} = 'NaN' then 'NaN'
        else ('x' || encode(float8send((${value})::float8 + 0.0::float8), 'hex'))::bit(64)::text end`;
    case "date":
      return `case when isfinite(${value}) then (${value} - date '1970-01-01')::text else (${value})::text end`;
    case "time":
      return microseconds(value);
    case "datetime":
    case "timestamp":
      return `case when isfinite(${value}) then ${microseconds(value)} else (${value})::text end`;
    case "binary":
      return `encode(${value}, 'hex')`;
    case "string":
    case "json":
      return `(${expression})::text`;
    case "list": {
      const item = fieldText({ byteLength }, canonicalText("sluice_item", type.item), type.item);
      const items = `select coalesce(string_agg(${item}, '' order by sluice_at), '')
        from unnest(${value}) with ordinality as items(sluice_item, sluice_at)`;
      return `case when (${expression}) is not null then (${items}) end`;
    }
    default:
      return `(${value})::text`;
  }
}

function microseconds(value: string): string {
  return `(extract(epoch from ${value}) * 1000000)::bigint::text`;
}
