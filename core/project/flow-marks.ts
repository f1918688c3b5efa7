import { isCollection, parseDocument, Scalar, visit } from "yaml";

/** What ends a plain value between braces and brackets, or begins something else there (YAML 1.2.2, 7.3.3). */
const marks = "{},[]:#";
/** Noncharacters (Unicode 16, 23.7), which no text holds, in their place. */
const standIn = (mark: string) => String.fromCharCode(0xfdd0 + marks.indexOf(mark));

/** The text in which references and calls cannot be taken apart, each character in its place. */
export function guardCalls(text: string): string {
  let guarded = text.replaceAll(/\$\{([^{}\r\n]*)\}/g, `$$${standIn("{")}$1${standIn("}")}`);
  for (let calls = brokenCalls(guarded); calls.length > 0; calls = brokenCalls(guarded)) {
    for (const [start, end] of calls) {
      const call = guarded.slice(start, end).replaceAll(/[{},[\]:#]/g, standIn);
      guarded = guarded.slice(0, start) + call + guarded.slice(end);
    }
  }
  return guarded;
}

/** The text that `guardCalls` was given. */
export function restoreMarks(text: string): string {
  return text.replaceAll(/[\ufdd0-\ufdd6]/g, (found) => marks.charAt(found.charCodeAt(0) - 0xfdd0));
}

/** From where to where the plain values go whose parentheses YAML takes apart. */
function brokenCalls(text: string): [number, number][] {
  if (!text.includes("(") || !/[{[]/.test(text)) return [];
  const found: [number, number][] = [];
  visit(parseDocument(text, { logLevel: "silent" }), {
    Scalar(key, node, ancestors) {
      const isInFlow = ancestors.some((one) => isCollection(one) && one.flow === true);
      if (!isInFlow || key === "key" || node.type !== Scalar.PLAIN || !node.range) return;
      const [start, end] = node.range;
      const close = endOfCalls(text, start, end);
      if (close > end) found.push([start, close]);
    },
  });
  return found;
}

/** Where the parentheses are closed that a plain value opens: its end, a place after it on its line, or 0 where nowhere. */
function endOfCalls(text: string, start: number, end: number): number {
  let depth = 0;
  let quote = "";
  for (let at = start; at < text.length && text[at] !== "\n"; at++) {
    if (at >= end && depth === 0) return at;
    const character = text.charAt(at);
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (depth > 0 && (character === "'" || character === '"')) quote = character;
    else if (character === "(") depth++;
    else if (character === ")" && depth > 0) depth--;
  }
  return depth === 0 ? end : 0;
}
