import type { ColumnType } from "../../schema/column-type.js";
import { floatText } from "../float-text.js";

/**
 * The canonical text of a value, as `valueText` of sdk/batch writes it, in Postgres's SQL; null for null. Sessions have
 * DateStyle ISO, time zone UTC and bytea_output hex.
 */
export function postgresValueText(value: string, type: ColumnType): string {
  const text = `(${value})::text`;
  switch (type.kind) {
    case "float32":
    case "float64":
      return `case when ${value} = 'NaN' then 'NaN' when ${text} like '%Infinity' then lower(${text}) else ${floatText(text)} end`;
    default:
      return text;
  }
}
