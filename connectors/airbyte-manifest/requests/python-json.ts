import { DataError } from "../../../sdk/errors.js";
import { str } from "../jinja/values/text.js";
import type { PyValue } from "../jinja/values/value.js";
import { isDict } from "../value/is-dict.js";

export interface JsonStyle {
  /** Spaces after commas and colons. */
  readonly spaced?: boolean;
  readonly sortedKeys?: boolean;
}

/**
 * JSON as Python's `json.dumps` writes it: everything beyond ASCII escaped, floats with their point, so that a body has
 * the same bytes as the reference's.
 * @throws DataError `json.value` for what JSON has no form for
 */
export function pythonJson(value: PyValue, style: JsonStyle = { spaced: true }): string {
  const comma = style.spaced === true ? ", " : ",";
  const colon = style.spaced === true ? ": " : ":";

  function write(node: PyValue): string {
    if (node === null) return "null";
    if (typeof node === "string") return quoted(node);
    if (typeof node === "boolean") return node ? "true" : "false";
    if (typeof node === "bigint") return String(node);
    if (typeof node === "number" && Number.isFinite(node)) return str(node);
    if (Array.isArray(node)) return `[${node.map(write).join(comma)}]`;
    if (isDict(node)) {
      const members = [...node].map(([key, member]) => [keyText(key), member] as const);
      if (style.sortedKeys === true) members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      return `{${members.map(([key, member]) => `${quoted(key)}${colon}${write(member)}`).join(comma)}}`;
    }
    if (typeof node === "object" && node.kind === "tuple") return `[${node.items.map(write).join(comma)}]`;
    throw new DataError("json.value", `${str(node)} has no form in JSON`);
  }

  return write(value);
}

function keyText(key: PyValue): string {
  if (key === null) return "null";
  if (typeof key === "boolean") return key ? "true" : "false";
  return str(key);
}

function quoted(text: string): string {
  return JSON.stringify(text)
    .replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("\\u007f", "\u007f");
}
