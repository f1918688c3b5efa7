import type { Row } from "../../../sdk/batch/pack.js";
import { rawJson } from "../../../sdk/raw-json.js";
import { toJson } from "../jinja/json.js";
import { str } from "../jinja/values/text.js";
import type { PyDict, PyValue } from "../jinja/values/value.js";
import { exactFloat } from "../value/exact-floats.js";
import { isDict } from "../value/is-dict.js";
import { unparsedText } from "../value/long-json.js";

/**
 * A record as a row: whole numbers as bigints, floats as numbers or with all their digits, objects and lists as their
 * JSON text.
 */
export function recordRow(record: PyDict): Row {
  const row: Record<string, unknown> = Object.create(null);
  for (const [key, value] of record) {
    const digits = exactFloat(record, key, value);
    if (digits !== undefined) row[str(key)] = rawJson(digits);
    else row[str(key)] = value === null || typeof value !== "object" ? value : rawJson(jsonOf(value));
  }
  return row;
}

function jsonOf(value: PyValue): string {
  const text = unparsedText(value);
  if (text !== undefined) return text;
  if (Array.isArray(value)) {
    return `[${value.map((item, i) => exactFloat(value, BigInt(i), item) ?? jsonOf(item)).join(",")}]`;
  }
  if (!isDict(value)) return toJson(value);
  const members = [...value].map(
    ([key, item]) => `${JSON.stringify(str(key))}:${exactFloat(value, key, item) ?? jsonOf(item)}`,
  );
  return `{${members.join(",")}}`;
}
