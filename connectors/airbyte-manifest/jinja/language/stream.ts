import { syntax } from "./lexer.js";
import type { Token, TokenType } from "./token.js";

/** How deep expressions and statements may nest in a template. */
const maxNesting = 150;

/** The tokens of a template with a place in them, for the parser. */
export interface TokenStream {
  current(): Token;
  look(): Token;
  next(): Token;
  is(type: TokenType): boolean;
  isName(...names: string[]): boolean;
  skipIf(type: TokenType): boolean;
  skipName(name: string): boolean;
  expect(type: TokenType): Token;
  expectName(name: string): Token;
  /** Runs one level of nesting; a template nested too deeply is a syntax error. */
  nested<T>(parse: () => T): T;
  fail(message: string): never;
}

export function tokenStream(tokens: readonly Token[]): TokenStream {
  const last = tokens.at(-1)!;
  let at = 0;
  let depth = 0;
  const current = () => tokens[at] ?? last;
  const stream: TokenStream = {
    current,
    look: () => tokens[at + 1] ?? last,
    next() {
      const token = current();
      at++;
      return token;
    },
    is: (type) => current().type === type,
    isName: (...names) => current().type === "name" && names.includes(current().text),
    skipIf(type) {
      if (!stream.is(type)) return false;
      at++;
      return true;
    },
    skipName(name) {
      if (!stream.isName(name)) return false;
      at++;
      return true;
    },
    expect(type) {
      if (!stream.is(type)) stream.fail(`expected ${described(type)}, got ${describedToken(current())}`);
      return stream.next();
    },
    expectName(name) {
      if (!stream.isName(name)) stream.fail(`expected '${name}', got ${describedToken(current())}`);
      return stream.next();
    },
    nested(parse) {
      if (++depth > maxNesting) stream.fail(`nested more than ${maxNesting} levels deep`);
      const result = parse();
      depth--;
      return result;
    },
    fail(message) {
      throw syntax(message, current().line);
    },
  };
  return stream;
}

const descriptions: Partial<Record<TokenType, string>> = {
  block_begin: "the begin of a statement block",
  block_end: "the end of a statement block",
  variable_begin: "the begin of a print statement",
  variable_end: "the end of a print statement",
  data: "text",
  name: "a name",
  end: "the end of the template",
};

function described(type: TokenType): string {
  return descriptions[type] ?? `'${type}'`;
}

export function describedToken(token: Token): string {
  return token.type === "name" || token.type === "string" ? `'${token.text}'` : described(token.type);
}
