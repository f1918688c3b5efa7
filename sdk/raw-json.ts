// Shared by every copy of the SDK: a connector may bring its own.
const text: unique symbol = Symbol.for("sluice.raw_json");

/**
 * JSON text to be taken exactly as written, in place of a parsed value: a number with more digits than a JavaScript
 * number holds, or a whole document that is to keep its form.
 */
export interface RawJson {
  readonly [text]: string;
}

/** Marks JSON text. It is the caller's word that the text is valid JSON. */
export function rawJson(json: string): RawJson {
  return Object.freeze({ [text]: json });
}

/** The same for text that is made each time it is asked for: of what is long, and mostly not looked at. */
export function lateRawJson(json: () => string): RawJson {
  return Object.freeze({
    get [text]() {
      return json();
    },
  });
}

/** The text of a `RawJson`; undefined for every other value. */
export function rawText(value: unknown): string | undefined {
  return typeof value === "object" && value !== null && text in value ? (value as RawJson)[text] : undefined;
}
