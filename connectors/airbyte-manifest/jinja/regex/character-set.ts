import { space } from "../text/space.js";
import type { Belongs } from "./nodes.js";

const spaces = new RegExp(`^[${space}]$`);

/** Digits, word characters and white space as Python's `re` means them for str. */
const classes: Readonly<Record<string, Belongs>> = {
  d: (code) => (code < 128 ? code >= 48 && code <= 57 : /^\p{Nd}$/u.test(String.fromCodePoint(code))),
  w: (code) => {
    if (code < 128)
      return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
    return /^[\p{L}\p{N}]$/u.test(String.fromCodePoint(code));
  },
  s: (code) => spaces.test(String.fromCodePoint(code)),
};

export const isWordCharacter: Belongs = classes.w!;

/** The set of `\d`, `\W` and their kin; undefined for another letter. */
export function classOf(letter: string, asciiOnly: boolean): Belongs | undefined {
  const lower = letter.toLowerCase();
  const known = Object.hasOwn(classes, lower) ? classes[lower] : undefined;
  if (known === undefined) return undefined;
  const within: Belongs = asciiOnly ? (code) => code < 128 && known(code) : known;
  return letter === lower ? within : (code) => !within(code);
}

export function single(code: number, ignoreCase: boolean): Belongs {
  if (!ignoreCase) return (other) => other === code;
  const lower = foldCode(code);
  return (other) => other === code || foldCode(other) === lower;
}

export function range(from: number, to: number, ignoreCase: boolean): Belongs {
  const within = (code: number) => code >= from && code <= to;
  if (!ignoreCase) return within;
  return (code) => within(code) || within(foldCode(code)) || within(raiseCode(code));
}

/** The lower case of a character, where that is one character. */
export function foldCode(code: number): number {
  const lower = String.fromCodePoint(code).toLowerCase();
  return [...lower].length === 1 ? (lower.codePointAt(0) ?? code) : code;
}

function raiseCode(code: number): number {
  const upper = String.fromCodePoint(code).toUpperCase();
  return [...upper].length === 1 ? (upper.codePointAt(0) ?? code) : code;
}
