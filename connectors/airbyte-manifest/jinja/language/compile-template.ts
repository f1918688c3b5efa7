import { escapeHtml, markup } from "../text/markup.js";
import { call } from "../values/call.js";
import { PythonError } from "../values/python-error.js";
import { str } from "../values/text.js";
import { isTruthy } from "../values/truth.js";
import type { PyValue } from "../values/value.js";
import { assign } from "./assign.js";
import { compileArguments, compileExpression, compileFilter, type Evaluate } from "./compile-expression.js";
import { compileFor } from "./compile-for.js";
import { compileMacro } from "./compile-macro.js";
import type { Body, ForNode, MacroNode, Statement } from "./nodes.js";
import { type Render, renderBody } from "./render.js";
import { childScope, type Scope } from "./scope.js";

/** Makes a function of statements. Under a condition an unknown filter or test is an error only when it is run. */
export function compileBody(body: Body, conditional: boolean): Render {
  const parts = body.map((statement) => compileStatement(statement, conditional));
  if (parts.length === 1) return parts[0]!;
  return (scope, write) => {
    for (const part of parts) part(scope, write);
  };
}

function compileStatement(node: Statement, conditional: boolean): Render {
  switch (node.type) {
    case "text":
      return (scope, write) => output(scope, write, node.text);
    case "output": {
      const values = node.values.map((value) => compileExpression(value, conditional));
      return (scope, write) => {
        for (const value of values) {
          const result = value(scope);
          output(scope, write, scope.escapes ? escapeHtml(result) : str(result));
        }
      };
    }
    case "if":
      return compileIf(node);
    case "for":
      return compileLoop(node, conditional);
    case "set": {
      const value = compileExpression(node.value, conditional);
      return (scope) => assign(scope, node.target, value(scope));
    }
    case "set_block": {
      const render = compileBody(node.body, conditional);
      const body: Evaluate = (scope) => safe(scope, renderBody(render, childScope(scope)));
      const value = node.filter === undefined ? body : compileFilter(node.filter, conditional, body);
      return (scope) => assign(scope, node.target, value(scope));
    }
    case "with": {
      const values = node.values.map((value) => compileExpression(value, conditional));
      const body = compileBody(node.body, conditional);
      return (scope, write) => {
        const inner = childScope(scope);
        const results = values.map((value) => value(scope));
        for (const [at, target] of node.targets.entries()) assign(inner, target, results[at]!);
        body(inner, write);
      };
    }
    case "macro": {
      const macro = compileMacroNode(node, conditional);
      return (scope) => scope.set(node.name, macro(scope));
    }
    case "call_block": {
      const macro = compileMacroNode(node.macro, conditional);
      const callee = compileExpression(node.call.callee, conditional);
      const args = compileArguments(node.call.args, conditional);
      return (scope, write) => {
        const target = callee(scope);
        const [values, named] = args(scope);
        output(scope, write, str(call(target, values, new Map([...named, ["caller", macro(scope)]]))));
      };
    }
    case "filter_block": {
      const render = compileBody(node.body, conditional);
      const body: Evaluate = (scope) => safe(scope, renderBody(render, scope));
      const filter = compileFilter(node.filter, conditional, body);
      return (scope, write) => output(scope, write, str(filter(childScope(scope))));
    }
    case "scope":
      return compileScope(node, conditional);
    case "loader": {
      const template = compileExpression(node.template, conditional);
      return (scope) => {
        template(scope);
        throw new PythonError("TypeError", "no loader for this environment specified");
      };
    }
  }
}

function output(scope: Scope, write: (text: string) => void, text: string): void {
  scope.run.characters(text.length);
  write(text);
}

function safe(scope: Scope, text: string): PyValue {
  return scope.escapes ? markup(text) : text;
}

function compileIf(node: Extract<Statement, { type: "if" }>): Render {
  const branches = node.branches.map(([test, body]) => {
    return [compileExpression(test, true), compileBody(body, true)] as const;
  });
  const otherwise = compileBody(node.otherwise, true);
  return (scope, write) => {
    for (const [test, body] of branches) if (isTruthy(test(scope))) return body(scope, write);
    otherwise(scope, write);
  };
}

function compileLoop(node: ForNode, conditional: boolean): Render {
  return compileFor(node, {
    over: compileExpression(node.over, conditional),
    condition: node.condition === undefined ? undefined : compileExpression(node.condition, conditional),
    body: compileBody(node.body, conditional),
    otherwise: compileBody(node.otherwise, conditional),
  });
}

function compileMacroNode(node: MacroNode, conditional: boolean): Evaluate {
  const defaults = node.parameters.map((parameter) =>
    parameter.default === undefined ? undefined : compileExpression(parameter.default, conditional),
  );
  return compileMacro(node, defaults, compileBody(node.body, conditional));
}

function compileScope(node: Extract<Statement, { type: "scope" }>, conditional: boolean): Render {
  const body = compileBody(node.body, conditional);
  const escaping = node.escaping === undefined ? undefined : compileExpression(node.escaping, conditional);
  return (scope, write) =>
    body(childScope(scope, escaping === undefined ? scope.escapes : isTruthy(escaping(scope))), write);
}
