import type { ColumnType } from "../../schema/column-type.js";
import { floatText } from "../float-text.js";

/** The canonical text of a value, as `valueText` of sdk/batch writes it, in DuckDB's SQL; NULL for NULL. */
export function duckValueText(value: string, type: ColumnType): string {
  const text = `CAST(${value} AS VARCHAR)`;
  switch (type.kind) {
    case "float32":
    case "float64": {
      const finite = `list_transform([${type.kind === "float32" ? shortestFloat32(value) : text}], lambda t: ${floatText("t")})[1]`;
      return `CASE WHEN isnan(${value}) THEN 'NaN' WHEN isinf(${value}) THEN CASE WHEN ${value} > 0 THEN 'infinity' ELSE '-infinity' END ELSE ${finite} END`;
    }
    case "decimal":
      // DuckDB prints decimal(2,2) without the zero before the point.
      return type.precision > type.scale ? text : `regexp_replace(${text}, '^(-?)\\.', '\\10.')`;
    case "binary":
      return `'\\x' || lower(hex(${value}))`;
    case "date":
    case "datetime":
      return eraLast(text);
    case "timestamp":
      // DuckDB's own cast goes through a calendar that counts in floats.
      return `CASE WHEN isfinite(${value}) THEN ${eraLast(`CAST(make_timestamp(epoch_us(${value})) AS VARCHAR) || '+00'`)} ELSE ${text} END`;
    case "list":
      return `'[' || array_to_string(list_transform(${value}, lambda x: coalesce(${itemText("x", type.item)}, 'null')), ',') || ']'`;
    default:
      return text;
  }
}

/** DuckDB's own cast writes more digits of a FLOAT than it takes to read it back. */
function shortestFloat32(value: string): string {
  const written = (digits: number) => `printf('%.${digits}e', CAST(${value} AS DOUBLE))`;
  const tries = [0, 1, 2, 3, 4, 5, 6, 7].map(
    (digits) => `WHEN CAST(${written(digits)} AS FLOAT) = ${value} THEN ${written(digits)}`,
  );
  return `CASE ${tries.join(" ")} ELSE ${written(8)} END`;
}

/** An item of a list as JSON. */
function itemText(value: string, type: ColumnType): string {
  const text = duckValueText(value, type);
  if (["boolean", "int16", "int32", "int64", "decimal", "json", "list"].includes(type.kind)) return text;
  const quoted = `CAST(to_json(${text}) AS VARCHAR)`;
  const isFloat = type.kind === "float32" || type.kind === "float64";
  return isFloat ? `CASE WHEN isfinite(${value}) THEN ${text} ELSE ${quoted} END` : quoted;
}

/** DuckDB writes the era behind the date, before the time. */
function eraLast(text: string): string {
  return `regexp_replace(${text}, '^(\\S+) \\(BC\\)(.*)$', '\\1\\2 BC')`;
}
