import { PythonError } from "../values/python-error.js";
import type { PyValue } from "../values/value.js";
import { asCount, asText, type Given, type Methods } from "./method.js";

/** The methods of str that look for a part: `find`, `count`, `startswith`, `replace` … Places count code points. */
export const searchMethods: Methods<string> = {
  find: ["sub/ start?/ end?/", (self, given) => BigInt(place(self, given, false))],
  rfind: ["sub/ start?/ end?/", (self, given) => BigInt(place(self, given, true))],
  index: ["sub/ start?/ end?/", (self, given) => existing(place(self, given, false))],
  rindex: ["sub/ start?/ end?/", (self, given) => existing(place(self, given, true))],
  count: ["sub/ start?/ end?/", (self, given) => count(self, given)],
  startswith: ["prefix/ start?/ end?/", (self, given) => affix(self, given, "startswith")],
  endswith: ["suffix/ start?/ end?/", (self, given) => affix(self, given, "endswith")],
  replace: [
    "old/ new/ count?/",
    (self, [old, by, times], run) => {
      const result = replaceText(self, asText(old), asText(by), asCount(times, -1));
      run.characters(result.length);
      return result;
    },
  ],
  removeprefix: [
    "prefix/",
    (self, [prefix]) => (self.startsWith(asText(prefix)) ? self.slice(asText(prefix).length) : self),
  ],
  removesuffix: [
    "suffix/",
    (self, [given]) => {
      const suffix = asText(given);
      return suffix !== "" && self.endsWith(suffix) ? self.slice(0, -suffix.length) : self;
    },
  ],
};

/** The string with the first `times` occurrences replaced, all of them where it is negative. */
export function replaceText(text: string, old: string, by: string, times: number): string {
  if (times < 0 && old !== "") return text.replaceAll(old, () => by);
  const limit = times < 0 ? Number.POSITIVE_INFINITY : times;
  if (old !== "") {
    const parts = text.split(old);
    const tail = parts.splice(Math.min(parts.length - 1, limit) + 1);
    return [parts.join(by), ...tail].join(old);
  }
  const characters = [...text];
  const gaps = Math.min(characters.length + 1, limit);
  return (
    [...characters.map((character, at) => (at < gaps ? by + character : character))].join("") +
    (gaps > characters.length ? by : "")
  );
}

function window(self: string, given: Given): { characters: string[]; from: number; to: number } {
  const characters = [...self];
  const bound = (value: PyValue | undefined, fallback: number) => {
    const at = asCount(value, fallback);
    return Math.max(0, Math.min(characters.length, at < 0 ? at + characters.length : at));
  };
  return { characters, from: bound(given[1], 0), to: bound(given[2], characters.length) };
}

function place(self: string, given: Given, last: boolean): number {
  const sub = asText(given[0]);
  const { characters, from, to } = window(self, given);
  if (from > to || asCount(given[1], 0) > characters.length) return -1;
  const part = characters.slice(from, to).join("");
  const at = last ? part.lastIndexOf(sub) : part.indexOf(sub);
  return at < 0 ? -1 : from + [...part.slice(0, at)].length;
}

function existing(at: number): bigint {
  if (at < 0) throw new PythonError("ValueError", "substring not found");
  return BigInt(at);
}

function count(self: string, given: Given): bigint {
  const sub = asText(given[0]);
  const { characters, from, to } = window(self, given);
  if (from > to || asCount(given[1], 0) > characters.length) return 0n;
  const part = characters.slice(from, to);
  return BigInt(sub === "" ? part.length + 1 : part.join("").split(sub).length - 1);
}

function affix(self: string, given: Given, side: "startswith" | "endswith"): boolean {
  const [wanted] = given;
  const isTuple = typeof wanted === "object" && wanted !== null && "kind" in wanted && wanted.kind === "tuple";
  const { characters, from, to } = window(self, given);
  if (asCount(given[1], 0) > characters.length || from > to) return false;
  const part = characters.slice(from, to).join("");
  const what = `${side} first arg`;
  return (isTuple ? wanted.items : [wanted]).some((one) => {
    return side === "startswith" ? part.startsWith(asText(one, what)) : part.endsWith(asText(one, what));
  });
}
