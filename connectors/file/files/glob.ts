/** A glob pattern, split into the folder it starts from and the test of paths relative to that folder. */
export interface Glob {
  /** The part before the first wildcard, up to its last slash; may be empty. */
  readonly base: string;
  /** Tests a path relative to `base`, written with forward slashes. */
  readonly matches: (relativePath: string) => boolean;
  /** Whether it can match below the folder itself. */
  readonly deep: boolean;
}

const magic = /[*?[{]/;

/** Whether a path has wildcards: `*`, `?`, `[…]` or `{a,b}`. */
export function isGlob(path: string): boolean {
  return magic.test(path);
}

/** Compiles `*` (not across slashes), `**` (any folders), `?`, `[a-z]`, `[!a-z]` and `{a,b}`; a backslash takes the next character as it is. */
export function parseGlob(pattern: string): Glob {
  const wildcard = pattern.search(magic);
  const cut = wildcard < 0 ? pattern.lastIndexOf("/") + 1 : pattern.lastIndexOf("/", wildcard) + 1;
  const rest = pattern.slice(cut);
  const expression = new RegExp(`^${globExpression(rest)}$`, "su");
  return {
    base: pattern.slice(0, cut),
    matches: (path) => expression.test(path),
    deep: rest.includes("/") || rest.includes("**"),
  };
}

function globExpression(pattern: string): string {
  let out = "";
  let braces = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === "*") {
      if (pattern[at + 1] !== "*") out += "[^/]*";
      else if (pattern[at + 2] === "/") {
        out += "(?:[^/]+/)*";
        at += 2;
      } else {
        out += ".*";
        at += 1;
      }
    } else if (char === "?") out += "[^/]";
    else if (char === "[" && pattern.indexOf("]", at + 2) > 0) {
      const end = pattern.indexOf("]", at + 2);
      const inside = pattern.slice(at + 1, end).replace(/^[!^]/, "");
      const negated = inside.length < end - at - 1;
      out += `[${negated ? "^" : ""}${inside.replaceAll(/[\\[\]^&|]/g, "\\$&")}]`;
      at = end;
    } else if (char === "{") {
      out += "(?:";
      braces++;
    } else if (char === "}" && braces > 0) {
      out += ")";
      braces--;
    } else if (char === "," && braces > 0) out += "|";
    else if (char === "\\" && at + 1 < pattern.length) out += escapeCharacter(pattern[++at]!);
    else out += escapeCharacter(char);
  }
  return out + ")".repeat(braces);
}

function escapeCharacter(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
