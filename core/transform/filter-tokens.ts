import { ConfigError } from "../../sdk/errors.js";

/** A filter that is not one, and where in its text. */
export class FilterError extends ConfigError {
  /** Index in the filter's text of what could not be understood. */
  readonly offset: number;

  constructor(message: string, offset: number, hint?: string) {
    super("filter.invalid", message, {
      hint:
        hint ??
        "a filter is comparisons joined by `and`: status <> 'test' and total > 5 and region in ('eu', 'us') and email is not null",
    });
    this.offset = offset;
  }
}

export interface Token {
  readonly kind: "name" | "quoted_name" | "string" | "number" | "symbol" | "end";
  /** A name or string without its quotes; anything else as written. */
  readonly text: string;
  readonly offset: number;
}

const shapes = [
  ["space", /\s+/y],
  ["name", /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ["quoted_name", /"(?:[^"]|"")+"/y],
  ["string", /'(?:[^']|'')*'/y],
  ["number", /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["symbol", /<>|!=|<=|>=|[=<>(),]/y],
] as const;

/**
 * The words of a filter.
 * @throws FilterError for a character that starts none
 */
export function filterTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    const found = wordAt(text, offset);
    if (found === undefined) throw unreadable(text, offset);
    if (found.kind !== "space") tokens.push({ kind: found.kind, text: bare(found.kind, found.text), offset });
    offset += found.text.length;
  }
  return [...tokens, { kind: "end", text: "", offset: text.length }];
}

function wordAt(text: string, offset: number) {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = offset;
    const match = shape.exec(text);
    if (match !== null) return { kind, text: match[0] };
  }
  return undefined;
}

function bare(kind: (typeof shapes)[number][0], text: string): string {
  if (kind === "string") return text.slice(1, -1).replaceAll("''", "'");
  if (kind === "quoted_name") return text.slice(1, -1).replaceAll('""', '"');
  return text;
}

function unreadable(text: string, offset: number): FilterError {
  const character = [...text.slice(offset)][0]!;
  if (character === "'") return new FilterError("a string that does not end", offset, "close it with '");
  if (character === '"') return new FilterError("a quoted name that does not end", offset, 'close it with "');
  return new FilterError(`'${character}' is not understood`, offset);
}
