import { jsonText } from "../batch/json-text.js";
import type { Json } from "../json.js";
import { parseJson } from "../parse-json.js";

/** A value that `parseJson` gave, as a state that comes back exactly: as text where a number would lose digits. */
export function exactState(value: unknown): Json {
  const text = jsonText(value);
  const plain = JSON.parse(text) as Json;
  return JSON.stringify(plain) === text ? plain : { exact: text };
}

/** The JSON text that a state stands for. */
export function stateText(state: Json): string {
  const { exact } = (state ?? {}) as { readonly exact?: Json };
  return typeof exact === "string" && Object.keys(state as object).length === 1 ? exact : JSON.stringify(state);
}

/** The value that a state stands for, with every digit. */
export function stateValue(state: Json): unknown {
  return parseJson(stateText(state));
}
