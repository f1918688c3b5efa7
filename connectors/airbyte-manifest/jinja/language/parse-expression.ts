import type { Binary } from "../operators.js";
import type { Arguments, Comparison, Expression, FilterNode } from "./nodes.js";
import { describedToken, type TokenStream } from "./stream.js";
import type { TokenType } from "./token.js";

const comparisons = new Set<TokenType>(["==", "!=", "<", "<=", ">", ">="]);
const noArguments: Arguments = { positional: [], keywords: [], spread: undefined, spreadKeywords: undefined };
const testArgument = new Set<TokenType>(["name", "string", "integer", "float", "(", "[", "{"]);

/** An expression; without `conditional`, `x if y` is not one. */
export function parseExpression(stream: TokenStream, conditional = true): Expression {
  return stream.nested(() => (conditional ? parseConditional(stream) : parseOr(stream)));
}

export interface TupleOptions {
  readonly conditional?: boolean;
  /** A name that ends the tuple, as `in` or `recursive` of a loop. */
  readonly endName?: string;
  /** True inside parentheses, where nothing is the empty tuple. */
  readonly parentheses?: boolean;
}

/** One expression, or a tuple of those between commas. */
export function parseTuple(stream: TokenStream, options: TupleOptions = {}): Expression {
  const items: Expression[] = [];
  let isTuple = false;
  while (true) {
    if (items.length > 0) stream.expect(",");
    if (isTupleEnd(stream, options.endName)) break;
    items.push(parseExpression(stream, options.conditional ?? true));
    if (!stream.is(",")) break;
    isTuple = true;
  }
  if (isTuple) return { type: "tuple", items };
  if (items[0] !== undefined) return items[0];
  if (options.parentheses !== true) stream.fail(`expected an expression, got ${describedToken(stream.current())}`);
  return { type: "tuple", items };
}

export function isTupleEnd(stream: TokenStream, endName: string | undefined): boolean {
  const { type } = stream.current();
  if (type === "variable_end" || type === "block_end" || type === ")") return true;
  return endName !== undefined && stream.isName(endName);
}

/** Filters after a value, `| name(…)`; at a block's head the first stands without its bar. */
export function parseFilters(stream: TokenStream, of: Expression | undefined, inline = false): FilterNode | undefined {
  let node: FilterNode | undefined;
  let bar = !inline;
  while (stream.is("|") || !bar) {
    if (bar) stream.next();
    bar = true;
    const { line } = stream.current();
    const name = dottedName(stream);
    node = { type: "filter", of: node ?? of, name, args: stream.is("(") ? parseArguments(stream) : noArguments, line };
  }
  return node;
}

function parseConditional(stream: TokenStream): Expression {
  let { line } = stream.current();
  let then = parseOr(stream);
  while (stream.skipName("if")) {
    const test = parseOr(stream);
    const otherwise = stream.skipName("else") ? stream.nested(() => parseConditional(stream)) : undefined;
    then = { type: "conditional", test, then, otherwise, line };
    line = stream.current().line;
  }
  return then;
}

function parseOr(stream: TokenStream): Expression {
  let left = parseAnd(stream);
  while (stream.skipName("or")) left = { type: "or", left, right: parseAnd(stream) };
  return left;
}

function parseAnd(stream: TokenStream): Expression {
  let left = parseNot(stream);
  while (stream.skipName("and")) left = { type: "and", left, right: parseNot(stream) };
  return left;
}

function parseNot(stream: TokenStream): Expression {
  if (stream.skipName("not")) return { type: "not", of: stream.nested(() => parseNot(stream)) };
  return parseCompare(stream);
}

function parseCompare(stream: TokenStream): Expression {
  const first = parseSum(stream);
  const rest: [Comparison, Expression][] = [];
  while (true) {
    if (comparisons.has(stream.current().type)) rest.push([stream.next().type as Comparison, parseSum(stream)]);
    else if (stream.skipName("in")) rest.push(["in", parseSum(stream)]);
    else if (stream.isName("not") && stream.look().type === "name" && stream.look().text === "in") {
      stream.next();
      stream.next();
      rest.push(["not in", parseSum(stream)]);
    } else break;
  }
  return rest.length === 0 ? first : { type: "compare", first, rest };
}

function parseSum(stream: TokenStream): Expression {
  return parseBinary(stream, ["+", "-"], parseConcat);
}

function parseConcat(stream: TokenStream): Expression {
  const first = parseProduct(stream);
  if (!stream.is("~")) return first;
  const items = [first];
  while (stream.skipIf("~")) items.push(parseProduct(stream));
  return { type: "concat", items };
}

function parseProduct(stream: TokenStream): Expression {
  return parseBinary(stream, ["*", "/", "//", "%"], parsePower);
}

function parsePower(stream: TokenStream): Expression {
  return parseBinary(stream, ["**"], parseUnary);
}

function parseBinary(
  stream: TokenStream,
  operators: readonly Binary[],
  operand: (s: TokenStream) => Expression,
): Expression {
  let left = operand(stream);
  for (let operator = operators.find(stream.is); operator !== undefined; operator = operators.find(stream.is)) {
    stream.next();
    left = { type: "binary", operator, left, right: operand(stream) };
  }
  return left;
}

function parseUnary(stream: TokenStream): Expression {
  return parseFilterable(stream, parseSigned(stream));
}

/** A value with its sign: `-a.b` is `-(a.b)`, and `-a | f` is `(-a) | f`. */
function parseSigned(stream: TokenStream): Expression {
  const sign = stream.is("-") ? "negative" : stream.is("+") ? "positive" : undefined;
  if (sign === undefined) return parsePostfix(stream, parsePrimary(stream));
  stream.next();
  return parsePostfix(stream, { type: sign, of: stream.nested(() => parseSigned(stream)) });
}

export function parsePrimary(stream: TokenStream): Expression {
  const token = stream.next();
  switch (token.type) {
    case "name":
      if (token.text === "true" || token.text === "True") return { type: "constant", value: true };
      if (token.text === "false" || token.text === "False") return { type: "constant", value: false };
      if (token.text === "none" || token.text === "None") return { type: "constant", value: null };
      return { type: "name", name: token.text };
    case "string": {
      let value = token.text;
      while (stream.is("string")) value += stream.next().text;
      return { type: "constant", value };
    }
    case "integer":
      return { type: "constant", value: BigInt(token.text) };
    case "float":
      return { type: "constant", value: Number(token.text) };
    case "(": {
      const inner = parseTuple(stream, { parentheses: true });
      stream.expect(")");
      return inner;
    }
    case "[":
      return { type: "list", items: parseUntil(stream, "]", () => parseExpression(stream)) };
    case "{":
      return { type: "dict", entries: parseUntil(stream, "}", () => parseEntry(stream)) };
    default:
      return stream.fail(`unexpected ${describedToken(token)}`);
  }
}

function parseEntry(stream: TokenStream): [Expression, Expression] {
  const key = parseExpression(stream);
  stream.expect(":");
  return [key, parseExpression(stream)];
}

function parseUntil<T>(stream: TokenStream, end: TokenType, parse: () => T): T[] {
  const items: T[] = [];
  while (!stream.is(end)) {
    if (items.length > 0) {
      stream.expect(",");
      if (stream.is(end)) break;
    }
    items.push(parse());
  }
  stream.next();
  return items;
}

function parsePostfix(stream: TokenStream, start: Expression): Expression {
  let node = start;
  while (true) {
    if (stream.is(".") || stream.is("[")) node = parseSubscript(stream, node);
    else if (stream.is("(")) node = { type: "call", callee: node, args: parseArguments(stream) };
    else return node;
  }
}

function parseFilterable(stream: TokenStream, start: Expression): Expression {
  let node = start;
  while (true) {
    if (stream.is("|")) node = parseFilters(stream, node)!;
    else if (stream.isName("is")) node = parseTest(stream, node);
    else if (stream.is("(")) node = { type: "call", callee: node, args: parseArguments(stream) };
    else return node;
  }
}

function parseSubscript(stream: TokenStream, of: Expression): Expression {
  if (stream.skipIf(".")) {
    const token = stream.next();
    if (token.type === "name") return { type: "attribute", of, name: token.text };
    if (token.type !== "integer") stream.fail("expected a name or number after a dot");
    return { type: "item", of, key: { type: "constant", value: BigInt(token.text) } };
  }
  stream.expect("[");
  const keys: Expression[] = [];
  while (!stream.is("]")) {
    if (keys.length > 0) stream.expect(",");
    keys.push(parseSlice(stream));
  }
  stream.next();
  return { type: "item", of, key: keys.length === 1 ? keys[0]! : { type: "tuple", items: keys } };
}

function parseSlice(stream: TokenStream): Expression {
  const start = stream.is(":") ? undefined : parseExpression(stream);
  if (!stream.skipIf(":")) return start ?? stream.fail("expected a subscript");
  const ends = () => stream.is("]") || stream.is(",");
  const stop = stream.is(":") || ends() ? undefined : parseExpression(stream);
  const step = stream.skipIf(":") && !ends() ? parseExpression(stream) : undefined;
  return { type: "slice", parts: [start, stop, step] };
}

export function parseArguments(stream: TokenStream): Arguments {
  stream.expect("(");
  const positional: Expression[] = [];
  const keywords: [string, Expression][] = [];
  let spread: Expression | undefined;
  let spreadKeywords: Expression | undefined;
  const ensure = (holds: boolean) => holds || stream.fail("invalid syntax for a function call");
  let first = true;
  while (!stream.is(")")) {
    if (!first) {
      stream.expect(",");
      if (stream.is(")")) break;
    }
    first = false;
    if (stream.skipIf("*")) {
      ensure(spread === undefined && spreadKeywords === undefined);
      spread = parseExpression(stream);
    } else if (stream.skipIf("**")) {
      ensure(spreadKeywords === undefined);
      spreadKeywords = parseExpression(stream);
    } else if (stream.is("name") && stream.look().type === "=") {
      ensure(spreadKeywords === undefined);
      const name = stream.next().text;
      stream.next();
      keywords.push([name, parseExpression(stream)]);
    } else {
      ensure(spread === undefined && spreadKeywords === undefined && keywords.length === 0);
      positional.push(parseExpression(stream));
    }
  }
  stream.next();
  return { positional, keywords, spread, spreadKeywords };
}

function parseTest(stream: TokenStream, of: Expression): Expression {
  const { line } = stream.expectName("is");
  const negated = stream.skipName("not");
  const name = dottedName(stream);
  let args = noArguments;
  if (stream.is("(")) args = parseArguments(stream);
  else if (testArgument.has(stream.current().type) && !stream.isName("else", "or", "and")) {
    if (stream.isName("is")) stream.fail("tests cannot be chained with is");
    args = { ...noArguments, positional: [parsePostfix(stream, parsePrimary(stream))] };
  }
  const test: Expression = { type: "test", of, name, args, line };
  return negated ? { type: "not", of: test } : test;
}

function dottedName(stream: TokenStream): string {
  let name = stream.expect("name").text;
  while (stream.skipIf(".")) name += `.${stream.expect("name").text}`;
  return name;
}
