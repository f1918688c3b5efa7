/** The characters that Python counts as white space, for a class of a regular expression. */
export const space = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const lineBreaks = "\\n\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029";

const afterLine = new RegExp(`(?<=\\r\\n|[${lineBreaks}]|\\r(?!\\n))`);
const lineEnd = new RegExp(`(?:\\r\\n|[\\r${lineBreaks}])$`);
const leading = new RegExp(`^[${space}]+`);
const trailing = new RegExp(`[${space}]$`);
const run = new RegExp(`[${space}]+`);

export function stripStart(text: string): string {
  return text.replace(leading, "");
}

export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && trailing.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** The words between white space, at most `limit` + 1 of them: the last keeps the rest. */
export function splitSpace(text: string, limit: number): string[] {
  const words: string[] = [];
  let rest = stripStart(text);
  while (rest !== "") {
    const gap = words.length === limit ? null : run.exec(rest);
    if (gap === null) {
      words.push(words.length === limit ? stripEnd(rest) : rest);
      break;
    }
    words.push(rest.slice(0, gap.index));
    rest = rest.slice(gap.index + gap[0].length);
  }
  return words;
}

/** The same from the end: the first word keeps the rest. */
export function splitSpaceFromEnd(text: string, limit: number): string[] {
  const words: string[] = [];
  let rest = stripEnd(text);
  while (rest !== "") {
    if (words.length === limit) {
      words.unshift(stripStart(rest));
      break;
    }
    let at = rest.length;
    while (at > 0 && !trailing.test(rest[at - 1]!)) at--;
    words.unshift(rest.slice(at));
    rest = stripEnd(rest.slice(0, at));
  }
  return words;
}

/** Lines by Python's line ends, with or without them. */
export function splitLines(text: string, keepEnds: boolean): string[] {
  const lines = text.split(afterLine);
  if (lines.at(-1) === "") lines.pop();
  return keepEnds ? lines : lines.map((line) => line.replace(lineEnd, ""));
}
