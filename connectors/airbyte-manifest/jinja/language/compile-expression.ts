import { library } from "../library/library.js";
import { getAttribute, getItem } from "../members/members.js";
import { sliceOf } from "../members/slice.js";
import { type Binary, negate, operate, positive } from "../operators.js";
import { concatMarkup, markup } from "../text/markup.js";
import { call } from "../values/call.js";
import { equals, ordered } from "../values/compare.js";
import { contains } from "../values/contains.js";
import { pyDict } from "../values/dict.js";
import { iterate } from "../values/iterate.js";
import { PythonError } from "../values/python-error.js";
import { str } from "../values/text.js";
import { isTruthy } from "../values/truth.js";
import { typeName } from "../values/type-name.js";
import { undefinedBecause, undefinedName } from "../values/undefined.js";
import type { Keywords, PyValue } from "../values/value.js";
import type { Arguments, Comparison, Expression, FilterNode } from "./nodes.js";
import type { Scope } from "./scope.js";

/** An expression made ready to run. */
export type Evaluate = (scope: Scope) => PyValue;

/** Makes a function of an expression. An unknown filter or test is an error here, or when run if it stands under a condition. */
export function compileExpression(node: Expression, conditional: boolean): Evaluate {
  const evaluate = compileNode(node, conditional);
  if (node.type === "constant") return evaluate;
  return (scope) => {
    scope.run.step();
    return evaluate(scope);
  };
}

function compileNode(node: Expression, conditional: boolean): Evaluate {
  const compile = (expression: Expression) => compileExpression(expression, conditional);
  switch (node.type) {
    case "constant":
      return () => node.value;
    case "name":
      return (scope) => {
        const value = scope.get(node.name);
        return value === undefined ? undefinedName(node.name) : value;
      };
    case "list": {
      const items = node.items.map(compile);
      return (scope) => items.map((item) => item(scope));
    }
    case "tuple": {
      const items = node.items.map(compile);
      return (scope) => ({ kind: "tuple", items: items.map((item) => item(scope)) });
    }
    case "concat": {
      const items = node.items.map(compile);
      return (scope) =>
        concat(
          scope,
          items.map((item) => item(scope)),
        );
    }
    case "dict": {
      const entries = node.entries.map(([key, value]) => [compile(key), compile(value)] as const);
      return (scope) => pyDict(entries.map(([key, value]) => [key(scope), value(scope)]));
    }
    case "attribute": {
      const of = compile(node.of);
      return (scope) => getAttribute(scope.run, of(scope), node.name);
    }
    case "item":
      return compileItem(node, compile);
    case "slice":
      return () => {
        throw new PythonError("TypeError", "a slice cannot stand beside another subscript");
      };
    case "call": {
      const callee = compile(node.callee);
      const args = compileArguments(node.args, conditional);
      return (scope) => {
        const target = callee(scope);
        return call(target, ...args(scope));
      };
    }
    case "filter":
      return compileFilter(node, conditional);
    case "test":
      return compileTest(node, conditional);
    case "not": {
      const of = compile(node.of);
      return (scope) => !isTruthy(of(scope));
    }
    case "negative": {
      const of = compile(node.of);
      return (scope) => negate(of(scope));
    }
    case "positive": {
      const of = compile(node.of);
      return (scope) => positive(of(scope));
    }
    case "and":
    case "or": {
      const [left, right] = [compile(node.left), compile(node.right)];
      const stopsAt = node.type === "or";
      return (scope) => {
        const value = left(scope);
        return isTruthy(value) === stopsAt ? value : right(scope);
      };
    }
    case "binary": {
      const [left, right] = [compile(node.left), compile(node.right)];
      const { operator }: { operator: Binary } = node;
      return (scope) => operate(scope.run, operator, left(scope), right(scope));
    }
    case "compare":
      return compileCompare(
        compile(node.first),
        node.rest.map(([operator, operand]) => [operator, compile(operand)]),
      );
    case "conditional":
      return compileConditional(node);
  }
}

/** `~`: the texts of all, escaped only where escaping is on. */
function concat(scope: Scope, values: readonly PyValue[]): PyValue {
  if (scope.escapes) return markup(concatMarkup(scope.run, values));
  const text = values.map(str).join("");
  scope.run.characters(text.length);
  return text;
}

function compileItem(node: Extract<Expression, { type: "item" }>, compile: (node: Expression) => Evaluate): Evaluate {
  const of = compile(node.of);
  if (node.key.type === "slice") {
    const parts = node.key.parts.map((part) => (part === undefined ? () => null : compile(part)));
    return (scope) =>
      sliceOf(
        scope.run,
        of(scope),
        parts.map((part) => part(scope)),
      );
  }
  const key = compile(node.key);
  return (scope) => getItem(scope.run, of(scope), key(scope));
}

function compileCompare(first: Evaluate, rest: readonly (readonly [Comparison, Evaluate])[]): Evaluate {
  return (scope) => {
    let left = first(scope);
    for (const [operator, operand] of rest) {
      const right = operand(scope);
      if (!holds(scope, operator, left, right)) return false;
      left = right;
    }
    return true;
  };
}

function holds(scope: Scope, operator: Comparison, left: PyValue, right: PyValue): boolean {
  switch (operator) {
    case "==":
      return equals(left, right);
    case "!=":
      return !equals(left, right);
    case "in":
      return contains(scope.run, right, left);
    case "not in":
      return !contains(scope.run, right, left);
    default:
      return ordered(operator, left, right);
  }
}

function compileConditional(node: Extract<Expression, { type: "conditional" }>): Evaluate {
  const test = compileExpression(node.test, true);
  const then = compileExpression(node.then, true);
  const otherwise = node.otherwise === undefined ? undefined : compileExpression(node.otherwise, true);
  const reason = `the inline if-expression on line ${node.line} evaluated to false and no else section was defined.`;
  return (scope) => {
    if (isTruthy(test(scope))) return then(scope);
    return otherwise === undefined ? undefinedBecause(reason) : otherwise(scope);
  };
}

export function compileFilter(node: FilterNode, conditional: boolean, block?: Evaluate): Evaluate {
  const of =
    node.of === undefined
      ? block
      : node.of.type === "filter"
        ? compileFilter(node.of, conditional, block)
        : compileExpression(node.of, conditional);
  const args = compileArguments(node.args, conditional);
  const filter = library.filters.get(node.name);
  if (filter === undefined) return unknown("filter", node.name, conditional);
  return (scope) => filter(scope.run, of === undefined ? null : of(scope), ...args(scope));
}

function compileTest(node: Extract<Expression, { type: "test" }>, conditional: boolean): Evaluate {
  const of = compileExpression(node.of, conditional);
  const args = compileArguments(node.args, conditional);
  const test = library.tests.get(node.name);
  if (test === undefined) return unknown("test", node.name, conditional);
  return (scope) => test(scope.run, of(scope), ...args(scope));
}

function unknown(what: "filter" | "test", name: string, conditional: boolean): Evaluate {
  const message = `No ${what} named '${name}'.`;
  if (!conditional) throw new PythonError("TemplateAssertionError", message);
  return () => {
    throw new PythonError("TemplateRuntimeError", message);
  };
}

export function compileArguments(args: Arguments, conditional: boolean): (scope: Scope) => [PyValue[], Keywords] {
  const positional = args.positional.map((argument) => compileExpression(argument, conditional));
  const keywords = args.keywords.map(([name, value]) => [name, compileExpression(value, conditional)] as const);
  const spread = args.spread === undefined ? undefined : compileExpression(args.spread, conditional);
  const more = args.spreadKeywords === undefined ? undefined : compileExpression(args.spreadKeywords, conditional);
  return (scope) => {
    const values = positional.map((argument) => argument(scope));
    if (spread !== undefined) values.push(...iterate(spread(scope)));
    const named = new Map(keywords.map(([name, value]) => [name, value(scope)]));
    if (more !== undefined) addKeywords(named, more(scope));
    return [values, named];
  };
}

function addKeywords(named: Map<string, PyValue>, more: PyValue): void {
  if (more === null || typeof more !== "object" || Array.isArray(more) || more.kind !== "dict") {
    throw new PythonError("TypeError", `argument after ** must be a mapping, not ${typeName(more)}`);
  }
  for (const [name, value] of more) {
    if (typeof name !== "string") throw new PythonError("TypeError", "keywords must be strings");
    if (named.has(name)) throw new PythonError("TypeError", `got multiple values for keyword argument '${name}'`);
    named.set(name, value);
  }
}
