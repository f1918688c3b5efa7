import { PythonError } from "../values/python-error.js";
import type { Operator, Token, TokenType } from "./token.js";
import { unescapeString } from "./unescape.js";

const directive = /\{%([-+]?)\s*raw\s*(?:-%\}\s*|%\})|\{\{([-+]?)|\{#([-+]?)|\{%([-+]?)/g;
const commentEnd = /(?:\+#\}|-#\}\s*|#\})/g;
const rawEnd = /\{%([-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\})/g;
const blockEnd = /\+%\}|-%\}\s*|%\}/y;
const variableEnd = /-\}\}\s*|\}\}/y;
const whitespace = /\s+/y;
const float = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const integer = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const name = /[\p{ID_Continue}_]+/uy;
const string = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const operator = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y;
/** The longest integer, as in Python. */
const maxDigits = 4300;
const closing: Readonly<Record<string, string>> = { "{": "}", "(": ")", "[": "]" };

/**
 * The tokens of a template, by the rules of Jinja 3.1 with its default delimiters: one trailing newline is dropped,
 * a minus sign at a tag strips the white space beside it, and a tag ends only outside of brackets.
 */
export function tokenize(template: string): Token[] {
  const source = template.replace(/\r\n|\r/g, "\n").replace(/\n$/, "");
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let newline = source.indexOf("\n");

  const push = (type: TokenType, text: string) => tokens.push({ type, text, line });
  const advance = (to: number) => {
    for (; newline >= 0 && newline < to; newline = source.indexOf("\n", newline + 1)) line++;
    at = to;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const data = (text: string, strip: boolean) => {
    const kept = strip ? text.trimEnd() : text;
    if (kept !== "") push("data", kept);
  };

  while (at < source.length) {
    directive.lastIndex = at;
    const found = directive.exec(source);
    if (found === null) {
      push("data", source.slice(at));
      break;
    }
    const [whole, raw, variable, comment, block] = found;
    data(source.slice(at, found.index), (raw ?? variable ?? comment ?? block) === "-");
    advance(found.index + whole.length);
    if (raw !== undefined || comment !== undefined) {
      const pattern = raw === undefined ? commentEnd : rawEnd;
      pattern.lastIndex = at;
      // A tag that opens at the very end of the template is let pass.
      if (at === source.length) break;
      const end = pattern.exec(source);
      if (end === null) throw syntax(`Missing end of ${raw === undefined ? "comment tag" : "raw directive"}`, line);
      if (raw !== undefined) data(source.slice(at, end.index), end[1] === "-");
      advance(end.index + end[0].length);
      continue;
    }
    const isBlock = block !== undefined;
    push(isBlock ? "block_begin" : "variable_begin", whole);
    expression(isBlock ? blockEnd : variableEnd, isBlock ? "block_end" : "variable_end");
  }
  push("end", "");
  return tokens;

  function expression(end: RegExp, endType: TokenType): void {
    const open: string[] = [];
    while (at < source.length) {
      const finish = open.length === 0 ? match(end) : undefined;
      if (finish !== undefined) {
        push(endType, finish);
        advance(at + finish.length);
        return;
      }
      const text = word(open);
      advance(at + text.length);
    }
  }

  /** Pushes the token at the place, if it is one, and returns its text. */
  function word(open: string[]): string {
    const space = match(whitespace);
    if (space !== undefined) return space;
    const number = source[at - 1] === "." ? undefined : match(float);
    if (number !== undefined) return take("float", number, number.replaceAll("_", ""));
    const whole = match(integer);
    if (whole !== undefined && whole.length > maxDigits)
      throw syntax(`an integer of more than ${maxDigits} digits`, line);
    if (whole !== undefined) return take("integer", whole, whole.replaceAll("_", ""));
    const identifier = match(name);
    if (identifier !== undefined) {
      if (!/^[\p{ID_Start}_]/u.test(identifier)) throw syntax("Invalid character in identifier", line);
      return take("name", identifier, identifier);
    }
    const literal = match(string);
    if (literal !== undefined) return take("string", literal, unescapeString(literal.slice(1, -1), line));
    const sign = match(operator);
    if (sign === undefined) throw syntax(`unexpected char '${source[at]}' at ${at}`, line);
    if (sign in closing) open.push(closing[sign]!);
    else if (sign === "}" || sign === ")" || sign === "]") {
      const expected = open.pop();
      if (expected === undefined) throw syntax(`unexpected '${sign}'`, line);
      if (expected !== sign) throw syntax(`unexpected '${sign}', expected '${expected}'`, line);
    }
    return take(sign as Operator, sign, sign);
  }

  function take(type: TokenType, text: string, value: string): string {
    push(type, value);
    return text;
  }
}

export function syntax(message: string, line: number): PythonError {
  return new PythonError("TemplateSyntaxError", `${message} (line ${line})`);
}
