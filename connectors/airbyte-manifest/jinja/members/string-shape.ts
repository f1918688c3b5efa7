import type { Run } from "../run.js";
import { capitalize, swapCase, titleCase } from "../text/case.js";
import { encodeText } from "../text/encoding.js";
import { stripEnd, stripStart } from "../text/space.js";
import { pyDict } from "../values/dict.js";
import { textLength } from "../values/iterate.js";
import { PythonError } from "../values/python-error.js";
import type { PyValue } from "../values/value.js";
import { asCount, asText, type Methods } from "./method.js";

/** The methods of str that give it another shape: case, padding, stripping, encoding, translation. */
export const shapeMethods: Methods<string> = {
  lower: ["", (self) => self.toLowerCase()],
  upper: ["", (self) => self.toUpperCase()],
  casefold: ["", (self) => self.toLowerCase().replaceAll("ß", "ss")],
  capitalize: ["", (self) => capitalize(self)],
  title: ["", (self) => titleCase(self)],
  swapcase: ["", (self) => swapCase(self)],
  strip: ["chars?/", (self, [chars]) => strip(self, chars, true, true)],
  lstrip: ["chars?/", (self, [chars]) => strip(self, chars, true, false)],
  rstrip: ["chars?/", (self, [chars]) => strip(self, chars, false, true)],
  ljust: ["width/ fill?/", (self, [width, fill], run) => pad(run, self, asCount(width, 0), fill, "end")],
  rjust: ["width/ fill?/", (self, [width, fill], run) => pad(run, self, asCount(width, 0), fill, "start")],
  center: ["width/ fill?/", (self, [width, fill], run) => pad(run, self, asCount(width, 0), fill, "both")],
  zfill: [
    "width/",
    (self, [width], run) => {
      const sign = /^[+-]/.exec(self)?.[0] ?? "";
      return sign + pad(run, self.slice(sign.length), asCount(width, 0) - sign.length, "0", "start");
    },
  ],
  expandtabs: ["tabsize?", (self, [size], run) => expandTabs(run, self, asCount(size, 8))],
  encode: ["encoding? errors?", (self, [encoding, errors]) => encodeText(self, encoding, errors)],
  translate: ["table/", (self, [table]) => translate(self, table)],
  maketrans: ["x/ y?/ z?/", (_self, [x, y, z]) => translation(x, y, z)],
};

export function strip(self: string, chars: PyValue | undefined, start: boolean, end: boolean): string {
  if (chars === undefined || chars === null) {
    const text = start ? stripStart(self) : self;
    return end ? stripEnd(text) : text;
  }
  const strippable = new Set(asText(chars, "strip arg"));
  const characters = [...self];
  let from = 0;
  let to = characters.length;
  while (start && from < to && strippable.has(characters[from]!)) from++;
  while (end && to > from && strippable.has(characters[to - 1]!)) to--;
  return characters.slice(from, to).join("");
}

export function pad(
  run: Run,
  self: string,
  width: number,
  fill: PyValue | undefined,
  where: "start" | "end" | "both",
): string {
  const filler = fill === undefined ? " " : asText(fill, "The fill character");
  if (textLength(filler) !== 1) {
    throw new PythonError("TypeError", "The fill character must be exactly one character long");
  }
  const missing = Math.max(0, width - textLength(self));
  run.characters(self.length + missing);
  // Centred, Python puts the odd one to the left when the width is odd too.
  const left = where === "start" ? missing : where === "end" ? 0 : Math.floor(missing / 2) + (missing & width & 1);
  return filler.repeat(left) + self + filler.repeat(missing - left);
}

function expandTabs(run: Run, self: string, size: number): string {
  let column = 0;
  let result = "";
  for (const character of self) {
    if (character === "\t") {
      const width = size > 0 ? size - (column % size) : 0;
      run.characters(width);
      result += " ".repeat(width);
      column += width;
    } else {
      result += character;
      column = character === "\n" || character === "\r" ? 0 : column + 1;
    }
  }
  return result;
}

function translate(self: string, table: PyValue | undefined): string {
  const isDict = typeof table === "object" && table !== null && "kind" in table && table.kind === "dict";
  if (!isDict) throw new PythonError("TypeError", "a translation table must be a dict");
  return Array.from(self, (character) => {
    const by = table.get(BigInt(character.codePointAt(0) ?? 0));
    if (by === undefined) return character;
    if (by === null) return "";
    return typeof by === "bigint" ? String.fromCodePoint(Number(by)) : asText(by);
  }).join("");
}

function translation(x: PyValue | undefined, y: PyValue | undefined, z: PyValue | undefined): PyValue {
  const code = (text: string): bigint => BigInt(text.codePointAt(0) ?? 0);
  if (y === undefined) {
    const isDict = typeof x === "object" && x !== null && "kind" in x && x.kind === "dict";
    if (!isDict) throw new PythonError("TypeError", "if you give only one argument to maketrans it must be a dict");
    return pyDict(Array.from(x, ([key, value]) => [typeof key === "string" ? code(key) : key, value]));
  }
  const [from, to] = [[...asText(x)], [...asText(y)]];
  if (from.length !== to.length) {
    throw new PythonError("ValueError", "the first two maketrans arguments must have equal length");
  }
  const table = pyDict(from.map((character, at) => [code(character), code(to[at]!)]));
  if (z !== undefined) for (const character of asText(z)) table.set(code(character), null);
  return table;
}
