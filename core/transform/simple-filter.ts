import type { Predicate } from "../../sdk/source.js";
import { FilterError, filterTokens, type Token } from "./filter-tokens.js";

const comparisons: ReadonlyMap<string, Predicate["operator"]> = new Map([
  ["=", "="],
  ["<>", "<>"],
  ["!=", "<>"],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
]);

/**
 * The predicates of a filter: comparisons of a column with a literal, joined by `and`, in SQL's words.
 * `between` becomes two of them. Names are kept as written; quote those that are not plain words.
 * @throws FilterError `filter.invalid`, with the place, for anything else
 */
export function parseFilter(text: string): Predicate[] {
  const words = reader(filterTokens(text));
  const predicates = comparison(words);
  while (words.skipWord("and")) predicates.push(...comparison(words));
  const rest = words.peek();
  if (isWord(rest, "or")) throw new FilterError("`or` is not supported", rest.offset);
  if (rest.kind !== "end") throw new FilterError(`expected \`and\`, found ${shown(rest)}`, rest.offset);
  return predicates;
}

function comparison(words: Reader): Predicate[] {
  const column = columnName(words);
  if (words.skipWord("is")) {
    const negated = words.skipWord("not");
    words.expectWord("null");
    return [{ column, operator: negated ? "is_not_null" : "is_null", values: [] }];
  }
  if (words.skipWord("in")) return [{ column, operator: "in", values: literals(words) }];
  if (words.skipWord("between")) {
    const low = literal(words);
    words.expectWord("and");
    return [
      { column, operator: ">=", values: [low] },
      { column, operator: "<=", values: [literal(words)] },
    ];
  }
  const found = words.next();
  const operator = comparisons.get(found.text);
  if (found.kind !== "symbol" || operator === undefined) {
    throw new FilterError(`expected a comparison after '${column}', found ${shown(found)}`, found.offset);
  }
  return [{ column, operator, values: [literal(words)] }];
}

const notNames = new Set(["and", "or", "not", "is", "in", "between", "null", "true", "false"]);

function columnName(words: Reader): string {
  const found = words.next();
  if (found.kind === "quoted_name") return found.text;
  if (found.kind === "name" && !notNames.has(found.text.toLowerCase())) {
    const after = words.peek();
    if (after.text !== "(" || after.kind !== "symbol") return found.text;
    throw new FilterError(`functions such as ${found.text}(…) are not supported`, found.offset);
  }
  throw new FilterError(`expected a column, found ${shown(found)}`, found.offset);
}

function literals(words: Reader): string[] {
  words.expectSymbol("(");
  const values = [literal(words)];
  while (words.skipSymbol(",")) values.push(literal(words));
  words.expectSymbol(")");
  return values;
}

const typedLiteral = new Set(["date", "time", "timestamp", "timestamptz", "uuid"]);

function literal(words: Reader): string {
  const found = words.next();
  if (found.kind === "string" || found.kind === "number") return found.text;
  const word = found.kind === "name" ? found.text.toLowerCase() : "";
  if (word === "true" || word === "false") return word;
  if (typedLiteral.has(word) && words.peek().kind === "string") return words.next().text;
  if (word === "null") {
    throw new FilterError("nothing compares with null", found.offset, "write `is null` or `is not null`");
  }
  if (found.kind === "name" || found.kind === "quoted_name") {
    const hint = `a column is compared with a literal; if '${found.text}' is text, write it in single quotes`;
    throw new FilterError(`expected a value, found the name ${shown(found)}`, found.offset, hint);
  }
  throw new FilterError(`expected a value, found ${shown(found)}`, found.offset);
}

interface Reader {
  peek(): Token;
  next(): Token;
  skipWord(word: string): boolean;
  skipSymbol(symbol: string): boolean;
  expectWord(word: string): void;
  expectSymbol(symbol: string): void;
}

function reader(tokens: readonly Token[]): Reader {
  let at = 0;
  const peek = () => tokens[Math.min(at, tokens.length - 1)]!;
  const skip = (fits: boolean) => {
    if (fits) at += 1;
    return fits;
  };
  const expect = (fits: boolean, what: string) => {
    if (!skip(fits)) throw new FilterError(`expected ${what}, found ${shown(peek())}`, peek().offset);
  };
  return {
    peek,
    next() {
      const token = peek();
      at += 1;
      return token;
    },
    skipWord: (word) => skip(isWord(peek(), word)),
    skipSymbol: (symbol) => skip(isSymbol(peek(), symbol)),
    expectWord: (word) => expect(isWord(peek(), word), `\`${word}\``),
    expectSymbol: (symbol) => expect(isSymbol(peek(), symbol), `'${symbol}'`),
  };
}

function isWord(token: Token, word: string): boolean {
  return token.kind === "name" && token.text.toLowerCase() === word;
}

function isSymbol(token: Token, symbol: string): boolean {
  return token.kind === "symbol" && token.text === symbol;
}

function shown(token: Token): string {
  return token.kind === "end" ? "the end" : `'${token.text}'`;
}
