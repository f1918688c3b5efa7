import { DataError, type Json, type JsonObject, valueAt } from "../../sdk/index.js";

const placeholder = /\{parent\.([^{}]+)\}/g;

/** Text with `{parent.id}` replaced by the parent's fields; in a path they are escaped. */
export function filledText(
  text: string,
  parent: JsonObject | undefined,
  escaped: (text: string) => string = (plain) => plain,
): string {
  return text.replaceAll(placeholder, (_, path: string) => {
    const value = valueAt(parent, path);
    if (typeof value === "string" || typeof value === "number") return escaped(String(value));
    throw new DataError("rest.parent_field", `a parent's record has no '${path}', which the path of its list needs`, {
      hint: "check the names in { }",
    });
  });
}

/** A value with every text in it filled. */
export function filled<Value extends Json>(value: Value, parent: JsonObject | undefined): Value {
  if (parent === undefined) return value;
  if (typeof value === "string") return filledText(value, parent) as Value;
  if (Array.isArray(value)) return value.map((item) => filled(item as Json, parent)) as unknown as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item as Json, parent)])) as Value;
}
