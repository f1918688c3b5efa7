import type { Run } from "../run.js";
import { ordered } from "../values/compare.js";
import { floatText } from "../values/float-text.js";
import { PythonError } from "../values/python-error.js";
import { str } from "../values/text.js";
import { maxDepth } from "../values/trail.js";
import { typeName } from "../values/type-name.js";
import type { PyValue } from "../values/value.js";

export interface JsonStyle {
  readonly sortKeys?: boolean;
  /** The text of one level of indentation; undefined for one line. */
  readonly indent?: string;
  /** False to keep characters beyond ASCII; default true. */
  readonly ascii?: boolean;
  /** `,` and `:` without the spaces after them. */
  readonly compact?: boolean;
  /** True to write also what Python's json refuses: records as objects, sets as arrays, the rest as its text. */
  readonly lenient?: boolean;
}

/** `json.dumps(value)`; a TypeError for what JSON does not know. */
export function dumpJson(run: Run | undefined, value: PyValue, style: JsonStyle = {}, depth = 0): string {
  run?.step();
  if (value === null) return "null";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return floatJson(value);
  if (typeof value === "string") return quoteJson(value, style.ascii ?? true);
  if (depth > maxDepth) throw new PythonError("ValueError", "Circular reference detected");
  const inner = (item: PyValue) => dumpJson(run, item, style, depth + 1);
  if (Array.isArray(value)) return block("[", "]", value.map(inner), style, depth);
  if (value.kind === "markup") return quoteJson(value.text, style.ascii ?? true);
  if (value.kind === "tuple") return block("[", "]", value.items.map(inner), style, depth);
  const isLenient = style.lenient === true;
  if (value.kind === "set" && isLenient) return block("[", "]", Array.from(value, inner), style, depth);
  if (value.kind !== "dict" && isLenient) return inner(str(value));
  if (value.kind !== "dict" || (value.traits !== undefined && !isLenient)) {
    throw new PythonError("TypeError", `Object of type ${typeName(value)} is not JSON serializable`);
  }
  const entries = [...value];
  if (style.sortKeys === true) entries.sort(([a], [b]) => (ordered("<", a, b) ? -1 : ordered("<", b, a) ? 1 : 0));
  const colon = style.compact === true ? ":" : ": ";
  const texts = entries.map(
    ([key, item]) => `${quoteJson(keyText(key, isLenient), style.ascii ?? true)}${colon}${inner(item)}`,
  );
  return block("{", "}", texts, style, depth);
}

function block(open: string, close: string, texts: readonly string[], style: JsonStyle, depth: number): string {
  if (texts.length === 0) return open + close;
  if (style.indent === undefined) return open + texts.join(style.compact === true ? "," : ", ") + close;
  const line = `\n${style.indent.repeat(depth)}`;
  return `${open}${line}${style.indent}${texts.join(`,${line}${style.indent}`)}${line}${close}`;
}

function keyText(key: PyValue, isLenient: boolean): string {
  if (typeof key === "string") return key;
  if (key === null || typeof key !== "object") return dumpJson(undefined, key);
  if (!Array.isArray(key) && key.kind === "markup") return key.text;
  if (isLenient) return str(key);
  throw new PythonError("TypeError", `keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function floatJson(value: number): string {
  if (Number.isFinite(value)) return floatText(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

function quoteJson(text: string, ascii: boolean): string {
  const quoted = JSON.stringify(text);
  if (!ascii) return quoted;
  return quoted.replace(/[\x7f-\uffff]/g, (character) => {
    return character === "\x7f" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
