/** Whether a key matches a shell pattern: `*`, `?`, `[abc]`, `[!abc]`, as Python's `fnmatchcase`. */
export function globMatches(key: string, pattern: string): boolean {
  if (!isGlob(pattern)) return key === pattern;
  let known = patterns.get(pattern);
  if (known === undefined) {
    known = patternOf(pattern);
    if (patterns.size < 10_000) patterns.set(pattern, known);
  }
  return known.test(key);
}

export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

const patterns = new Map<string, RegExp>();

function patternOf(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*+|\?|\[(!?)(\]?[^\]]*)\]|[^*?[]+|\[/g, (token, negated: string, set: string) => {
    if (token.startsWith("*")) return ".*";
    if (token === "?") return ".";
    if (set === undefined) return token.replaceAll(/[\\^$.|+()[\]{}/]/g, "\\$&");
    return `[${negated === "!" ? "^" : ""}${set.replaceAll(/[\\\]^[]/g, "\\$&")}]`;
  });
  return new RegExp(`^${source}$`, "su");
}
