import { simpleEscapes } from "../literal/simple-escapes.js";
import { PythonError } from "../values/python-error.js";

const sequence = /\\(?:([0-7]{1,3})|x([\s\S]{0,2})|u([\s\S]{0,4})|U([\s\S]{0,8})|([\s\S]))/g;

/** The value of a string literal's body: Python's escapes; unknown ones stay as they are. */
export function unescapeString(body: string, line: number): string {
  if (!body.includes("\\")) return body;
  return body.replace(sequence, (whole, octal?: string, x?: string, u?: string, long?: string, other?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (other !== undefined) {
      if (other === "N") throw bad("character names (\\N{…}) are not supported", line);
      return simpleEscapes[other] ?? whole;
    }
    const [digits, width] = x !== undefined ? [x, 2] : u !== undefined ? [u, 4] : [long ?? "", 8];
    if (digits.length < width || !/^[\da-fA-F]+$/.test(digits)) throw bad(`truncated \\${whole[1]} escape`, line);
    const code = Number.parseInt(digits, 16);
    if (code > 0x10ffff) throw bad("illegal Unicode character", line);
    return String.fromCodePoint(code);
  });
}

function bad(message: string, line: number): PythonError {
  return new PythonError("TemplateSyntaxError", `${message} (line ${line})`);
}
