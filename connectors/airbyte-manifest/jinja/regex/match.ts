import type { Run } from "../run.js";
import { foldCode, isWordCharacter } from "./character-set.js";
import type { RegexNode } from "./nodes.js";

/** A match in progress: the text as code points, and where each group begins and ends (-1: not taken part). */
export interface MatchState {
  readonly run: Run;
  readonly text: readonly number[];
  readonly starts: number[];
  readonly ends: number[];
}

/** Tries to match from a place on; `then` decides whether what follows matches too. */
export type Matcher = (state: MatchState, at: number, then: Then) => boolean;
type Then = (at: number) => boolean;

/** Makes a function of a node: a backtracking matcher that counts a step for each thing it tries. */
export function compileRegex(node: RegexNode): Matcher {
  const match = compileNode(node);
  return (state, at, then) => {
    state.run.step();
    return match(state, at, then);
  };
}

function compileNode(node: RegexNode): Matcher {
  switch (node.type) {
    case "character": {
      const { belongs } = node;
      return ({ text }, at, then) => at < text.length && belongs(text[at]!) && then(at + 1);
    }
    case "sequence":
      return compileSequence(node.parts.map(compileRegex));
    case "alternatives": {
      const parts = node.parts.map(compileRegex);
      return (state, at, then) => parts.some((part) => part(state, at, then));
    }
    case "group":
      return compileGroup(node.number, compileRegex(node.body));
    case "repeat":
      if (node.body.type === "character") return compileRun(node, node.body.belongs);
      return node.mode === "possessive" ? compileAtomic(compileRepeat(node)) : compileRepeat(node);
    case "look":
      return compileLook(node, compileRegex(node.body));
    case "atomic":
      return compileAtomic(compileRegex(node.body));
    case "back":
      return compileBack(node.number, node.ignoreCase);
    case "conditional": {
      const [yes, no] = [compileRegex(node.yes), compileRegex(node.no)];
      return (state, at, then) => (state.ends[node.number]! >= 0 ? yes : no)(state, at, then);
    }
    case "start":
      return ({ text }, at, then) => (at === 0 || (node.multiline && text[at - 1] === 10)) && then(at);
    case "end":
      return ({ text }, at, then) => {
        const isEnd = at === text.length || (at === text.length - 1 && text[at] === 10);
        return (isEnd || (node.multiline && text[at] === 10)) && then(at);
      };
    case "text_start":
      return (_state, at, then) => at === 0 && then(at);
    case "text_end":
      return ({ text }, at, then) => at === text.length && then(at);
    case "boundary":
      return ({ text }, at, then) => {
        const before = at > 0 && isWordCharacter(text[at - 1]!);
        const after = at < text.length && isWordCharacter(text[at]!);
        // Python finds neither kind of boundary in an empty text.
        return text.length > 0 && (before !== after) !== node.negative && then(at);
      };
  }
}

function compileSequence(parts: readonly Matcher[]): Matcher {
  const [first, ...others] = parts;
  if (first === undefined) return (_state, at, then) => then(at);
  if (others.length === 0) return first;
  const rest = compileSequence(others);
  return (state, at, then) => first(state, at, (next) => rest(state, next, then));
}

function compileGroup(number: number | undefined, body: Matcher): Matcher {
  if (number === undefined) return body;
  return (state, at, then) => {
    const { starts, ends } = state;
    const [oldStart, oldEnd] = [starts[number]!, ends[number]!];
    const matched = body(state, at, (end) => {
      const [start, before] = [starts[number]!, ends[number]!];
      starts[number] = at;
      ends[number] = end;
      if (then(end)) return true;
      starts[number] = start;
      ends[number] = before;
      return false;
    });
    if (!matched) {
      starts[number] = oldStart;
      ends[number] = oldEnd;
    }
    return matched;
  };
}

type Repeat = Extract<RegexNode, { type: "repeat" }>;

/** A repeated single character: walks over the text without going deeper for each of them. */
function compileRun({ least, most, mode }: Repeat, belongs: (code: number) => boolean): Matcher {
  return ({ text, run }, at, then) => {
    const limit = Math.min(text.length, at + most);
    let end = at;
    const take = (to: number) => {
      while (end < to && end < text.length && belongs(text[end]!)) {
        run.step();
        end++;
      }
      return end === to;
    };
    if (mode === "lazy") {
      if (!take(at + least)) return false;
      while (!then(end)) if (end >= limit || !take(end + 1)) return false;
      return true;
    }
    take(limit);
    if (mode === "possessive") return end >= at + least && then(end);
    for (let last = end; last >= at + least; last--) if (then(last)) return true;
    return false;
  };
}

function compileRepeat({ body: node, least, most, mode }: Repeat): Matcher {
  const body = compileRegex(node);
  const turn = (state: MatchState, at: number, count: number, from: number, then: Then): boolean => {
    state.run.step();
    // A turn that matches nothing is not taken again, or it would be for ever.
    const more = () =>
      count < most &&
      (at !== from || count <= least) &&
      body(state, at, (next) => turn(state, next, count + 1, at, then));
    if (count < least) return more();
    return mode === "lazy" ? then(at) || more() : more() || then(at);
  };
  return (state, at, then) => turn(state, at, 0, -1, then);
}

function compileAtomic(body: Matcher): Matcher {
  return (state, at, then) => {
    let end = -1;
    const [starts, ends] = [[...state.starts], [...state.ends]];
    const isMatch = body(state, at, (next) => {
      end = next;
      return true;
    });
    if (isMatch && then(end)) return true;
    restore(state, starts, ends);
    return false;
  };
}

function compileLook({ behind, negative }: Extract<RegexNode, { type: "look" }>, body: Matcher): Matcher {
  return (state, at, then) => {
    const from = at - (behind ?? 0);
    const [starts, ends] = [[...state.starts], [...state.ends]];
    const isMatch = from >= 0 && body(state, from, (end) => behind === undefined || end === at);
    if (isMatch !== negative && then(at)) return true;
    restore(state, starts, ends);
    return false;
  };
}

function restore(state: MatchState, starts: readonly number[], ends: readonly number[]): void {
  for (const [number, start] of starts.entries()) {
    state.starts[number] = start;
    state.ends[number] = ends[number]!;
  }
}

function compileBack(number: number, ignoreCase: boolean): Matcher {
  return ({ text, starts, ends, run }, at, then) => {
    const [start, end] = [starts[number]!, ends[number]!];
    if (end < 0) return false;
    run.step(end - start);
    for (let from = start; from < end; from++) {
      const [wanted, found] = [text[from]!, text[at + from - start]];
      if (found === undefined) return false;
      if (found !== wanted && !(ignoreCase && foldCode(found) === foldCode(wanted))) return false;
    }
    return then(at + end - start);
  };
}
