import { PythonError } from "../values/python-error.js";
import type { ParsedRegex } from "./nodes.js";

const controls: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
const sequence = /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[1-3][0-7]{2})|([1-9]\d?)|([\s\S]?))/g;

/** The parts of a replacement: texts, and numbers of groups to put in. */
export function parseReplacement(replacement: string, { groups, names }: ParsedRegex): (string | number)[] {
  const parts: (string | number)[] = [];
  let end = 0;
  const group = (number: number): number => {
    if (number > groups) throw new PythonError("error", `invalid group reference ${number}`);
    return number;
  };
  for (const match of replacement.matchAll(sequence)) {
    const [whole, name, octal, reference, letter = ""] = match;
    parts.push(replacement.slice(end, match.index));
    end = match.index + whole.length;
    if (name !== undefined) {
      const number = /^\d+$/.test(name) ? Number(name) : names.get(name);
      if (number === undefined) throw new PythonError("IndexError", `unknown group name '${name}'`);
      parts.push(group(number));
    } else if (octal !== undefined) parts.push(String.fromCharCode(Number.parseInt(octal, 8)));
    else if (reference !== undefined) parts.push(group(Number(reference)));
    else if (Object.hasOwn(controls, letter)) parts.push(controls[letter]!);
    else if (letter === "\\") parts.push("\\");
    else if (letter === "" || /[A-Za-z]/.test(letter)) throw new PythonError("error", `bad escape \\${letter}`);
    else parts.push(whole);
  }
  parts.push(replacement.slice(end));
  return parts;
}
