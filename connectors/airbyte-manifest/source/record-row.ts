import type { Row } from "../../../sdk/batch/pack.js";
import { rawJson } from "../../../sdk/raw-json.js";
import { toJson } from "../jinja/json.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";

/** A record as a row: whole numbers as bigints, floats as numbers, objects and lists as their JSON text. */
export function recordRow(record: PyDict): Row {
  const row: Record<string, unknown> = Object.create(null);
  for (const [key, value] of record) row[str(key)] = cell(value);
  return row;
}

function cell(value: PyValue): unknown {
  if (value === null || typeof value !== "object") return value;
  return rawJson(toJson(value));
}
