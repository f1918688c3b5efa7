import { iterate, lengthOf } from "../values/iterate.js";
import { PythonError } from "../values/python-error.js";
import { isTruthy } from "../values/truth.js";
import type { PyValue } from "../values/value.js";
import { assign } from "./assign.js";
import type { Evaluate } from "./compile-expression.js";
import { type LoopItems, loopObject } from "./loop.js";
import type { ForNode } from "./nodes.js";
import { type Render, renderBody } from "./render.js";
import { childScope, type Scope } from "./scope.js";
import { targetNames } from "./undeclared.js";

export interface LoopParts {
  readonly over: Evaluate;
  readonly condition: Evaluate | undefined;
  readonly body: Render;
  readonly otherwise: Render;
}

/** `{% for %}`: each turn has its own scope; the condition sees the target; `loop` tells where the turn is. */
export function compileFor(node: ForNode, { over, condition, body, otherwise }: LoopParts): Render {
  if (targetNames(node.target).includes("loop")) {
    throw new PythonError("TemplateSyntaxError", "Can't assign to special loop variable in for-loop");
  }

  const selected = function* (scope: Scope, values: Iterable<PyValue>): Generator<PyValue, void> {
    for (const value of values) {
      const inner = childScope(scope);
      assign(inner, node.target, value);
      if (condition === undefined || isTruthy(condition(inner))) yield value;
    }
  };

  const turns = (scope: Scope, source: PyValue, depth: number, write: (text: string) => void): void => {
    const values = iterate(source);
    const items: LoopItems = {
      values: condition === undefined ? values : selected(scope, values),
      length: condition === undefined ? lengthOf(source) : undefined,
    };
    const again = (inner: PyValue): PyValue =>
      scope.run.deeper(() => renderBody((at, append) => turns(at, inner, depth + 1, append), scope));
    const loop = loopObject(scope.run, items, depth, node.recursive ? again : undefined);
    let isEmpty = true;
    for (let value = loop.next(); value !== undefined; value = loop.next()) {
      isEmpty = false;
      scope.run.step();
      const inner = childScope(scope);
      inner.set("loop", loop.object);
      assign(inner, node.target, value);
      body(inner, write);
    }
    if (isEmpty) otherwise(childScope(scope), write);
  };

  return (scope, write) => turns(scope, over(scope), 0, write);
}
