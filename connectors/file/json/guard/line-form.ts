import type { ValueForm } from "../../guard/value-form.js";

/** How lines of one writer are written: the same keys in the same order and spacing. Laid out to be compared quickly. */
export interface LineForm {
  /** Of each value. */
  readonly fields: readonly ValueForm[];
  readonly kinds: Uint8Array;
  readonly wholes: Int8Array;
  readonly pointed: Int8Array;
  readonly scales: Int8Array;
  /** What stands before the first value, between two, and behind the last with the line's end. */
  readonly texts: readonly Buffer[];
  readonly lengths: Int32Array;
  /**
   * The texts in words of eight bytes as doubles: those of text `i` from `ends[i - 1]` to `ends[i]`, and where they stand in
   * it. The last word of a text may overlap the one before. No eight bytes of UTF-8 without a NUL are NaN or a zero, so
   * that two doubles are equal only where their bytes are.
   */
  readonly ends: Int32Array;
  readonly words: Float64Array;
  readonly places: Int32Array;
  /** A text that is shorter than a word; empty for others. */
  readonly short: readonly Uint8Array[];
}

const wordBytes = 8;

/** The form of lines that have these texts before, between and behind their values. */
export function lineForm(texts: readonly Buffer[], fields: readonly ValueForm[]): LineForm {
  const ends: number[] = [];
  const words: number[] = [];
  const places: number[] = [];
  for (const text of texts) {
    const last = text.length - wordBytes;
    for (let at = 0; last >= 0; at = Math.min(at + wordBytes, last)) {
      places.push(at);
      words.push(text.readDoubleLE(at));
      if (at === last) break;
    }
    ends.push(words.length);
  }
  return {
    fields,
    kinds: Uint8Array.from(fields, ({ kind }) => kind),
    wholes: Int8Array.from(fields, ({ wholeDigits }) => wholeDigits),
    pointed: Int8Array.from(fields, ({ pointedDigits }) => pointedDigits),
    scales: Int8Array.from(fields, ({ scale }) => scale),
    texts: texts.map((text) => Buffer.from(text)),
    lengths: Int32Array.from(texts, ({ length }) => length),
    ends: Int32Array.from(ends),
    words: Float64Array.from(words),
    places: Int32Array.from(places),
    short: texts.map((text) => (text.length < wordBytes ? Uint8Array.from(text) : new Uint8Array(0))),
  };
}
