import type { Run } from "../run.js";
import { str } from "../values/text.js";
import type { PyMarkup, PyValue } from "../values/value.js";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&#39;",
  '"': "&#34;",
};

export function markup(text: string): PyMarkup {
  return { kind: "markup", text };
}

export function isMarkup(value: PyValue): value is PyMarkup {
  return value !== null && typeof value === "object" && !Array.isArray(value) && value.kind === "markup";
}

/** The value's text, safe for HTML: what is marked as safe stays as it is. */
export function escapeHtml(value: PyValue): string {
  return isMarkup(value) ? value.text : str(value).replace(/[&<>'"]/g, (character) => entities[character] ?? character);
}

/** The texts of all, escaped where they are not marked as safe, in one. */
export function concatMarkup(run: Run, values: readonly PyValue[]): string {
  const text = values.map(escapeHtml).join("");
  run.characters(text.length);
  return text;
}
