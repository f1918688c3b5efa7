import { tokenize } from "./lexer.js";
import type { Body, Expression, MacroNode, Parameter, Statement, Target } from "./nodes.js";
import { isTupleEnd, parseExpression, parseFilters, parsePrimary, parseTuple } from "./parse-expression.js";
import { describedToken, type TokenStream, tokenStream } from "./stream.js";

/** The statements of a template; what Jinja's default environment does not know is a TemplateSyntaxError. */
export function parseTemplate(text: string): Body {
  const stream = tokenStream(tokenize(text));
  const body = parseBody(stream, []);
  return body;
}

/** Statements up to one of the end tags, whose name is left as the current token. */
function parseBody(stream: TokenStream, ends: readonly string[]): Body {
  const body: Statement[] = [];
  while (!stream.is("end")) {
    const token = stream.next();
    if (token.type === "data") body.push({ type: "text", text: token.text });
    else if (token.type === "variable_begin") {
      body.push({ type: "output", values: [parseTuple(stream)] });
      stream.expect("variable_end");
    } else {
      if (stream.isName(...ends)) return body;
      body.push(stream.nested(() => parseStatement(stream)));
      stream.expect("block_end");
    }
  }
  if (ends.length > 0)
    stream.fail(`unexpected end of template, expected ${ends.map((end) => `'${end}'`).join(" or ")}`);
  return body;
}

/** The body of a statement, after its head: up to an end tag, whose name is returned too. */
function parseBlock(stream: TokenStream, ...ends: string[]): { body: Body; end: string } {
  stream.skipIf(":");
  stream.expect("block_end");
  const body = parseBody(stream, ends);
  return { body, end: stream.next().text };
}

function parseStatement(stream: TokenStream): Statement {
  const token = stream.expect("name");
  switch (token.text) {
    case "if":
      return parseIf(stream);
    case "for":
      return parseFor(stream);
    case "set":
      return parseSet(stream);
    case "with":
      return parseWith(stream);
    case "macro": {
      const name = stream.expect("name").text;
      return parseMacro(stream, name, "endmacro");
    }
    case "call":
      return parseCall(stream);
    case "filter": {
      const filter = parseFilters(stream, undefined, true)!;
      return { type: "filter_block", filter, body: parseBlock(stream, "endfilter").body };
    }
    case "print":
      return parsePrint(stream);
    case "autoescape": {
      const escaping = parseExpression(stream);
      return { type: "scope", body: parseBlock(stream, "endautoescape").body, escaping };
    }
    case "block":
      return parseNamedBlock(stream);
    case "extends":
      return { type: "loader", template: parseExpression(stream), stores: [] };
    case "include":
      return parseInclude(stream);
    case "import":
    case "from":
      return parseImport(stream, token.text);
    default:
      return stream.fail(`unknown tag '${token.text}'`);
  }
}

function parseIf(stream: TokenStream): Statement {
  const branches: [Expression, Body][] = [];
  while (true) {
    const test = parseTuple(stream, { conditional: false });
    const { body, end } = parseBlock(stream, "elif", "else", "endif");
    branches.push([test, body]);
    if (end === "elif") continue;
    const otherwise = end === "else" ? parseBlock(stream, "endif").body : [];
    return { type: "if", branches, otherwise };
  }
}

function parseFor(stream: TokenStream): Statement {
  const target = parseTarget(stream, "in");
  stream.expectName("in");
  const over = parseTuple(stream, { conditional: false, endName: "recursive" });
  const condition = stream.skipName("if") ? parseExpression(stream) : undefined;
  const recursive = stream.skipName("recursive");
  const { body, end } = parseBlock(stream, "endfor", "else");
  const otherwise = end === "else" ? parseBlock(stream, "endfor").body : [];
  return { type: "for", target, over, condition, recursive, body, otherwise };
}

function parseSet(stream: TokenStream): Statement {
  const target = parseTarget(stream, undefined, true);
  if (stream.skipIf("=")) return { type: "set", target, value: parseTuple(stream) };
  const filter = parseFilters(stream, undefined);
  return { type: "set_block", target, filter, body: parseBlock(stream, "endset").body };
}

function parseWith(stream: TokenStream): Statement {
  const targets: Target[] = [];
  const values: Expression[] = [];
  while (!stream.is("block_end")) {
    if (targets.length > 0) stream.expect(",");
    targets.push(parseTarget(stream));
    stream.expect("=");
    values.push(parseExpression(stream));
  }
  return { type: "with", targets, values, body: parseBlock(stream, "endwith").body };
}

function parseMacro(stream: TokenStream, name: string, end: string): MacroNode {
  const parameters = stream.is("(") ? parseParameters(stream) : end === "endcall" ? [] : parseParameters(stream);
  return { type: "macro", name, parameters, body: end === "endcall" ? [] : parseBlock(stream, end).body };
}

function parseParameters(stream: TokenStream): Parameter[] {
  stream.expect("(");
  const parameters: Parameter[] = [];
  while (!stream.is(")")) {
    if (parameters.length > 0) stream.expect(",");
    const name = stream.expect("name").text;
    const fallback = stream.skipIf("=") ? parseExpression(stream) : undefined;
    if (fallback === undefined && parameters.at(-1)?.default !== undefined) {
      stream.fail("non-default argument follows default argument");
    }
    parameters.push({ name, default: fallback });
  }
  stream.next();
  return parameters;
}

function parseCall(stream: TokenStream): Statement {
  const head = parseMacro(stream, "caller", "endcall");
  const call = parseExpression(stream);
  if (call.type !== "call") stream.fail("expected call");
  return { type: "call_block", call, macro: { ...head, body: parseBlock(stream, "endcall").body } };
}

function parsePrint(stream: TokenStream): Statement {
  const values: Expression[] = [];
  while (!stream.is("block_end")) {
    if (values.length > 0) stream.expect(",");
    values.push(parseExpression(stream));
  }
  return { type: "output", values };
}

function parseNamedBlock(stream: TokenStream): Statement {
  const name = stream.expect("name").text;
  stream.skipName("scoped");
  stream.skipName("required");
  const { body } = parseBlock(stream, "endblock");
  stream.skipName(name);
  return { type: "scope", body, escaping: undefined };
}

function parseInclude(stream: TokenStream): Statement {
  const template = parseExpression(stream);
  if (stream.skipName("ignore")) stream.expectName("missing");
  skipContext(stream);
  return { type: "loader", template, stores: [] };
}

function parseImport(stream: TokenStream, keyword: "import" | "from"): Statement {
  const template = parseExpression(stream);
  stream.expectName(keyword === "from" ? "import" : "as");
  const stores: string[] = [];
  do {
    if (skipContext(stream)) break;
    const name = stream.expect("name").text;
    stores.push(stream.skipName("as") ? stream.expect("name").text : name);
  } while (keyword === "from" && stream.skipIf(","));
  skipContext(stream);
  return { type: "loader", template, stores };
}

function skipContext(stream: TokenStream): boolean {
  if (!stream.isName("with", "without") || stream.look().text !== "context") return false;
  stream.next();
  stream.next();
  return true;
}

/** What is assigned to: a name, names between commas, or (with `members`) an attribute of a namespace. */
function parseTarget(stream: TokenStream, endName?: string, members = false): Target {
  const items: Target[] = [];
  let isTuple = false;
  while (true) {
    if (items.length > 0) stream.expect(",");
    if (isTupleEnd(stream, endName)) break;
    items.push(parseTargetItem(stream, members));
    if (!stream.is(",")) break;
    isTuple = true;
  }
  if (isTuple) return { type: "tuple", items };
  return items[0] ?? stream.fail(`expected a name to assign to, got ${describedToken(stream.current())}`);
}

function parseTargetItem(stream: TokenStream, members: boolean): Target {
  if (members && stream.is("name") && stream.look().type === ".") {
    const of = stream.next().text;
    stream.next();
    return { type: "member", of, name: stream.expect("name").text };
  }
  return asTarget(stream, parsePrimary(stream));
}

function asTarget(stream: TokenStream, node: Expression): Target {
  if (node.type === "name") return { type: "name", name: node.name };
  if (node.type === "tuple") return { type: "tuple", items: node.items.map((item) => asTarget(stream, item)) };
  return stream.fail(`can't assign to '${node.type === "constant" ? "const" : node.type}'`);
}
