import { PythonError } from "../values/python-error.js";
import { classOf, range, single } from "./character-set.js";
import type { Belongs, ParsedRegex, RegexNode } from "./nodes.js";
import { widthOf } from "./nodes.js";

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly verbose: boolean;
  readonly ascii: boolean;
}

const noFlags: Flags = { ignoreCase: false, multiline: false, dotAll: false, verbose: false, ascii: false };
const flagLetters: Readonly<Record<string, keyof Flags | "none">> = {
  i: "ignoreCase",
  m: "multiline",
  s: "dotAll",
  x: "verbose",
  a: "ascii",
  u: "none",
};
const controls: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
/** What matches at a place but no character, and so cannot be repeated. */
const places = new Set<RegexNode["type"]>(["start", "end", "text_start", "text_end", "boundary"]);
const maxNesting = 100;
const empty: RegexNode = { type: "sequence", parts: [] };

/** Parses a regular expression of Python's `re`; a bad one is an `error`, as Python calls it. */
export function parseRegex(pattern: string): ParsedRegex {
  const characters = [...pattern];
  const names = new Map<string, number>();
  const open = new Set<number>();
  let groups = 0;
  let at = 0;
  let depth = 0;

  const fail = (message: string): never => {
    throw new PythonError("error", `${message} at position ${at}`);
  };
  const is = (text: string) => characters.slice(at, at + text.length).join("") === text;
  const skip = (text: string) => {
    if (!is(text)) return false;
    at += text.length;
    return true;
  };
  const until = (end: string, what: string): string => {
    const from = at;
    while (at < characters.length && characters[at] !== end) at++;
    if (at >= characters.length) fail(`missing ${end}, unterminated ${what}`);
    return characters.slice(from, at++).join("");
  };

  const alternatives = (flags: Flags): RegexNode => {
    if (++depth > maxNesting) fail("nested too deeply");
    const parts = [sequence(flags)];
    while (skip("|")) parts.push(sequence(flags));
    depth--;
    return parts.length === 1 ? parts[0]! : { type: "alternatives", parts };
  };

  const sequence = (flags: Flags): RegexNode => {
    const parts: RegexNode[] = [];
    while (at < characters.length && !is("|") && !is(")")) {
      const part = repeated(flags);
      if (part !== undefined) parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : { type: "sequence", parts };
  };

  const repeated = (flags: Flags): RegexNode | undefined => {
    if (flags.verbose && skipVerbose()) return undefined;
    if (quantifier() !== undefined) return fail("nothing to repeat");
    let node = atom(flags);
    let isRepeated = false;
    while (true) {
      while (flags.verbose && skipVerbose());
      const counts = quantifier();
      if (counts === undefined) return node;
      if (isRepeated) fail("multiple repeat");
      if (node === undefined || places.has(node.type)) return fail("nothing to repeat");
      isRepeated = true;
      const mode = skip("?") ? "lazy" : skip("+") ? "possessive" : "greedy";
      node = { type: "repeat", body: node, least: counts[0], most: counts[1], mode };
    }
  };

  const skipVerbose = (): boolean => {
    const character = characters[at] ?? "";
    if (/\s/.test(character)) at++;
    else if (character === "#") while (at < characters.length && characters[at] !== "\n") at++;
    else return false;
    return true;
  };

  const quantifier = (): readonly [number, number] | undefined => {
    if (skip("*")) return [0, Number.POSITIVE_INFINITY];
    if (skip("+")) return [1, Number.POSITIVE_INFINITY];
    if (skip("?")) return [0, 1];
    const match = /^\{(\d*)(?:(,)(\d*))?\}/.exec(characters.slice(at, at + 24).join(""));
    // Without a number it is no quantifier but a brace.
    if (match === null || match[0] === "{}") return undefined;
    if (match[1] === "" && match[2] === undefined) return undefined;
    at += match[0].length;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] === "" ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (most < least) fail("min repeat greater than max repeat");
    return [least, most];
  };

  const atom = (flags: Flags): RegexNode | undefined => {
    const character = characters[at++]!;
    switch (character) {
      case ".":
        return { type: "character", belongs: flags.dotAll ? () => true : (code) => code !== 10 };
      case "^":
        return { type: "start", multiline: flags.multiline };
      case "$":
        return { type: "end", multiline: flags.multiline };
      case "[":
        return { type: "character", belongs: characterSet(flags) };
      case "(":
        return group(flags);
      case "\\":
        return escaped(flags);
      case "*":
      case "+":
      case "?":
        return fail("nothing to repeat");
      default:
        return { type: "character", belongs: single(character.codePointAt(0) ?? 0, flags.ignoreCase) };
    }
  };

  const closed = <T>(value: T): T => {
    if (!skip(")")) fail("missing ), unterminated subpattern");
    return value;
  };

  const capture = (flags: Flags, name?: string): RegexNode => {
    const number = ++groups;
    if (name !== undefined) {
      if (!/^[\p{ID_Start}_]\p{ID_Continue}*$/u.test(name)) fail(`bad character in group name '${name}'`);
      if (names.has(name)) fail(`redefinition of group name '${name}'`);
      names.set(name, number);
    }
    open.add(number);
    const body = closed(alternatives(flags));
    open.delete(number);
    return { type: "group", number, body };
  };

  const group = (flags: Flags): RegexNode | undefined => {
    if (!skip("?")) return capture(flags);
    if (skip(":")) return { type: "group", number: undefined, body: closed(alternatives(flags)) };
    if (skip(">")) return { type: "atomic", body: closed(alternatives(flags)) };
    if (skip("P<")) return capture(flags, until(">", "name"));
    if (skip("P=")) return back(named(until(")", "name")), flags);
    if (skip("#")) {
      until(")", "comment");
      return undefined;
    }
    for (const [mark, negative] of [
      ["=", false],
      ["!", true],
    ] as const) {
      if (skip(mark)) return { type: "look", body: closed(alternatives(flags)), behind: undefined, negative };
      if (skip(`<${mark}`)) {
        const body = closed(alternatives(flags));
        const [least, most] = widthOf(body);
        if (least !== most) fail("look-behind requires fixed-width pattern");
        return { type: "look", body, behind: least, negative };
      }
    }
    if (skip("(")) return conditional(flags);
    return flagged(flags);
  };

  const conditional = (flags: Flags): RegexNode => {
    const name = until(")", "name");
    const number = /^\d+$/.test(name) ? Number(name) : named(name);
    const yes = sequence(flags);
    const no = skip("|") ? sequence(flags) : empty;
    return closed({ type: "conditional", number, yes, no });
  };

  const flagged = (flags: Flags): RegexNode | undefined => {
    const match = /^([aimsux]*)(?:-([imsx]+))?([:)])/.exec(characters.slice(at, at + 16).join(""));
    if (match === null) return fail("unknown extension");
    const [whole, on = "", off = "", end] = match;
    const isAtStart = at === 2;
    at += whole.length;
    if (end === ")") {
      if (!isAtStart || off !== "") return fail("global flags not at the start of the expression");
      globalFlags = withFlags(globalFlags, on, "");
      // The rest of the expression is read with them.
      return alternatives(globalFlags);
    }
    return { type: "group", number: undefined, body: closed(alternatives(withFlags(flags, on, off))) };
  };

  const named = (name: string): number => names.get(name) ?? fail(`unknown group name '${name}'`);

  const back = (number: number, flags: Flags): RegexNode => {
    if (number > groups) fail(`invalid group reference ${number}`);
    if (open.has(number)) fail("cannot refer to an open group");
    return { type: "back", number, ignoreCase: flags.ignoreCase };
  };

  const escaped = (flags: Flags): RegexNode => {
    const letter = characters[at] ?? fail("bad escape (end of pattern)");
    const simple: Readonly<Record<string, RegexNode>> = {
      A: { type: "text_start" },
      Z: { type: "text_end" },
      b: { type: "boundary", negative: false },
      B: { type: "boundary", negative: true },
    };
    if (Object.hasOwn(simple, letter)) {
      at++;
      return simple[letter]!;
    }
    const set = classOf(letter, flags.ascii);
    if (set !== undefined) {
      at++;
      return { type: "character", belongs: set };
    }
    const reference = /^[1-9]\d?/.exec(characters.slice(at, at + 3).join(""))?.[0];
    if (reference !== undefined && !/^[0-3][0-7][0-7]/.test(characters.slice(at, at + 3).join(""))) {
      at += reference.length;
      return back(Number(reference), flags);
    }
    return { type: "character", belongs: single(escapedCode(), flags.ignoreCase) };
  };

  /** The code point of an escape that stands for one character. */
  const escapedCode = (): number => {
    const rest = characters.slice(at, at + 9).join("");
    const hex = /^x([\da-fA-F]{2})|^u([\da-fA-F]{4})|^U([\da-fA-F]{8})/.exec(rest);
    if (hex !== null) {
      at += hex[0].length;
      return Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? "0", 16);
    }
    const octal = /^0[0-7]{0,2}|^[0-3][0-7]{2}/.exec(rest)?.[0];
    if (octal !== undefined) {
      at += octal.length;
      return Number.parseInt(octal, 8);
    }
    const letter = characters[at++] ?? fail("bad escape (end of pattern)");
    if (Object.hasOwn(controls, letter)) return controls[letter]!.codePointAt(0) ?? 0;
    if (/[A-Za-z\d]/.test(letter)) fail(`bad escape \\${letter}`);
    return letter.codePointAt(0) ?? 0;
  };

  const characterSet = (flags: Flags): Belongs => {
    const negative = skip("^");
    const members: Belongs[] = [];
    const first = at;
    while (at === first || !is("]")) {
      if (at >= characters.length) fail("unterminated character set");
      const from = setMember(flags);
      if (is("-") && characters[at + 1] !== "]" && at + 1 < characters.length) {
        at++;
        const to = setMember(flags);
        if (typeof from !== "number" || typeof to !== "number" || to < from) return fail("bad character range");
        members.push(range(from, to, flags.ignoreCase));
      } else members.push(typeof from === "number" ? single(from, flags.ignoreCase) : from);
    }
    at++;
    return (code) => members.some((belongs) => belongs(code)) !== negative;
  };

  const setMember = (flags: Flags): number | Belongs => {
    const character = characters[at++]!;
    if (character !== "\\") return character.codePointAt(0) ?? 0;
    const set = classOf(characters[at] ?? "", flags.ascii);
    if (set === undefined) return escapedCode();
    at++;
    return set;
  };

  let globalFlags = noFlags;
  const root = alternatives(globalFlags);
  if (at < characters.length) fail("unbalanced parenthesis");
  return { root, groups, names };
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  const changed: Record<string, boolean> = {};
  for (const letter of on) changed[flagLetters[letter] ?? "none"] = true;
  for (const letter of off) changed[flagLetters[letter] ?? "none"] = false;
  return { ...flags, ...changed };
}
