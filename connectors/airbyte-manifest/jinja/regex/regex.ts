import type { Run } from "../run.js";
import { compileRegex, type Matcher, type MatchState } from "./match.js";
import type { ParsedRegex } from "./nodes.js";
import { parseRegex } from "./parse.js";
import { parseReplacement } from "./replacement.js";

/**
 * Python's regular expressions, matched by an engine of our own: the syntax differs from JavaScript's, and a pattern
 * from a stranger must run out of steps, not of time.
 */
interface Regex extends ParsedRegex {
  readonly match: Matcher;
}

const maxCached = 500;
const cache = new Map<string, Regex>();

/** The first group of the first match: None where it took no part, empty where there is no match or no group. */
export function regexSearch(run: Run, pattern: string, text: string): string | null {
  const regex = regexOf(pattern);
  const state = newState(run, regex, text);
  if (search(regex, state, 0, false) === undefined || regex.groups === 0) return "";
  return groupText(state, 1) ?? null;
}

/** What of a text a pattern matches, anywhere or from the start on; undefined where it does not. */
export function regexFind(run: Run, pattern: string, text: string, isAnchored: boolean): string | undefined {
  const regex = regexOf(pattern);
  const state = newState(run, regex, text);
  const end = search(regex, state, 0, false);
  if (end === undefined || (isAnchored && state.starts[0] !== 0)) return undefined;
  return slice(state, state.starts[0] as number, end);
}

/** The text with every match replaced; the replacement names groups as `\1` or `\g<name>`. */
export function regexReplace(run: Run, pattern: string, replacement: string, text: string): string {
  const regex = regexOf(pattern);
  const parts = replacement.includes("\\") ? parseReplacement(replacement, regex) : [replacement];
  const state = newState(run, regex, text);
  const pieces: string[] = [];
  let copied = 0;
  let from = 0;
  let mustAdvance = false;
  while (from <= state.text.length) {
    const end = search(regex, state, from, mustAdvance);
    if (end === undefined) break;
    const start = state.starts[0]!;
    const by = parts.map((part) => (typeof part === "string" ? part : (groupText(state, part) ?? ""))).join("");
    run.characters(by.length);
    pieces.push(slice(state, copied, start), by);
    copied = end;
    from = end;
    mustAdvance = start === end;
  }
  pieces.push(slice(state, copied, state.text.length));
  return pieces.join("");
}

function regexOf(pattern: string): Regex {
  let regex = cache.get(pattern);
  if (regex === undefined) {
    const parsed = parseRegex(pattern);
    regex = { ...parsed, match: compileRegex(parsed.root) };
    if (cache.size >= maxCached) cache.clear();
    cache.set(pattern, regex);
  }
  return regex;
}

function newState(run: Run, { groups }: ParsedRegex, text: string): MatchState {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  run.step(codes.length);
  const none = () => Array.from({ length: groups + 1 }, () => -1);
  return { run, text: codes, starts: none(), ends: none() };
}

/** Where the first match from a place on ends; its groups are then in the state, the whole as group 0. */
function search(regex: Regex, state: MatchState, from: number, mustAdvance: boolean): number | undefined {
  for (let start = from; start <= state.text.length; start++) {
    state.starts.fill(-1);
    state.ends.fill(-1);
    let end = -1;
    const isMatch = regex.match(state, start, (at) => {
      end = at;
      return !(mustAdvance && start === from && at === start);
    });
    if (!isMatch) continue;
    state.starts[0] = start;
    state.ends[0] = end;
    return end;
  }
  return undefined;
}

function groupText(state: MatchState, number: number): string | undefined {
  return state.ends[number]! < 0 ? undefined : slice(state, state.starts[number]!, state.ends[number]!);
}

function slice({ text }: MatchState, from: number, to: number): string {
  let result = "";
  for (let at = from; at < to; at++) result += String.fromCodePoint(text[at]!);
  return result;
}
