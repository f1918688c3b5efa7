import { str } from "../jinja/values/text.js";
import { type Component, field } from "../load/fields.js";

/** The fields of a stream's key; empty where it has none. */
export function primaryKeyOf(stream: Component): readonly (readonly string[])[] {
  const key = field(stream, "primary_key");
  if (key === undefined || key === "") return [];
  if (!Array.isArray(key)) return [[str(key)]];
  return key.map((part) => (Array.isArray(part) ? part.map(str) : [str(part)]));
}
