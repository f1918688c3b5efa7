import type { Arguments, Body, Expression, FilterNode, ForNode, MacroNode, Statement, Target } from "./nodes.js";

/** The names known in one scope: `has` those with a place in it, `stored` those assigned in it. */
interface Scope {
  readonly parent: Scope | undefined;
  has: Set<string>;
  stored: Set<string>;
}

/**
 * The names that a template takes from its context, by Jinja's own rule: read before they are assigned, or assigned
 * only inside an `if` (there they count even when every branch assigns them).
 */
export function undeclaredNames(body: Body): ReadonlySet<string> {
  const names = new Set<string>();
  visitBody(body, newScope(undefined), names);
  return names;
}

type Names = Set<string>;

function newScope(parent: Scope | undefined, ...parameters: string[]): Scope {
  return { parent, has: new Set(parameters), stored: new Set(parameters) };
}

function isKnown(scope: Scope | undefined, name: string): boolean {
  for (let at = scope; at !== undefined; at = at.parent) if (at.has.has(name)) return true;
  return false;
}

function load(scope: Scope, names: Names, name: string): void {
  if (isKnown(scope, name)) return;
  scope.has.add(name);
  names.add(name);
}

function store(scope: Scope, name: string): void {
  scope.has.add(name);
  scope.stored.add(name);
}

function visitBody(body: Body, scope: Scope, names: Names): void {
  for (const statement of body) visit(statement, scope, names);
}

function visit(node: Statement, scope: Scope, names: Names): void {
  const use = (expression: Expression | undefined) => {
    if (expression !== undefined) read(expression, scope, names);
  };
  switch (node.type) {
    case "text":
      return;
    case "output":
      node.values.forEach(use);
      return;
    case "if":
      visitIf(node, scope, names);
      return;
    case "for":
      visitFor(node, scope, names);
      return;
    case "set":
      use(node.value);
      assign(node.target, scope, names);
      return;
    case "set_block": {
      assign(node.target, scope, names);
      const inner = newScope(scope);
      visitBody(node.body, inner, names);
      if (node.filter !== undefined) read(node.filter, inner, names);
      return;
    }
    case "with": {
      node.values.forEach(use);
      const inner = newScope(scope);
      for (const target of node.targets) assign(target, inner, names);
      visitBody(node.body, inner, names);
      return;
    }
    case "macro":
      store(scope, node.name);
      visitMacro(node, scope, names);
      return;
    case "call_block":
      use(node.call);
      visitMacro(node.macro, scope, names);
      return;
    case "filter_block": {
      const inner = newScope(scope);
      read(node.filter, inner, names);
      visitBody(node.body, inner, names);
      return;
    }
    case "scope":
      use(node.escaping);
      visitBody(node.body, newScope(scope), names);
      return;
    case "loader":
      use(node.template);
      for (const name of node.stores) store(scope, name);
  }
}

function visitIf(node: Extract<Statement, { type: "if" }>, scope: Scope, names: Names): void {
  const [first, ...others] = node.branches;
  if (first !== undefined) read(first[0], scope, names);
  const before = new Set(scope.stored);
  // The tests of the elifs are read inside their branch, which sees what the branches before it assigned not.
  const copies = [first?.[1] ?? [], node.otherwise].map((body) =>
    branch(scope, (copy) => visitBody(body, copy, names)),
  );
  copies.push(
    branch(scope, (copy) => {
      for (const [test, body] of others) {
        read(test, copy, names);
        copies.push(branch(copy, (inner) => visitBody(body, inner, names)));
      }
    }),
  );
  for (const copy of copies) {
    for (const name of copy.has) scope.has.add(name);
    for (const name of copy.stored) {
      scope.stored.add(name);
      if (!before.has(name) && !isKnown(scope.parent, name)) names.add(name);
    }
  }
}

function branch(scope: Scope, visitIt: (copy: Scope) => void): Scope {
  const copy: Scope = { parent: scope.parent, has: new Set(scope.has), stored: new Set(scope.stored) };
  visitIt(copy);
  return copy;
}

function visitFor(node: ForNode, scope: Scope, names: Names): void {
  read(node.over, scope, names);
  const inner = newScope(scope, "loop", ...targetNames(node.target));
  visitBody(node.body, inner, names);
  visitBody(node.otherwise, newScope(scope), names);
  if (node.condition !== undefined) read(node.condition, newScope(scope, ...targetNames(node.target)), names);
}

function visitMacro(node: MacroNode, scope: Scope, names: Names): void {
  const inner = newScope(scope, "caller", "kwargs", "varargs", ...node.parameters.map((parameter) => parameter.name));
  for (const parameter of node.parameters) {
    if (parameter.default !== undefined) read(parameter.default, inner, names);
  }
  visitBody(node.body, inner, names);
}

function assign(target: Target, scope: Scope, names: Names): void {
  if (target.type === "tuple") for (const item of target.items) assign(item, scope, names);
  else if (target.type === "name") store(scope, target.name);
  else load(scope, names, target.of);
}

export function targetNames(target: Target): string[] {
  if (target.type === "tuple") return target.items.flatMap(targetNames);
  return target.type === "name" ? [target.name] : [];
}

function read(node: Expression, scope: Scope, names: Names): void {
  const use = (expression: Expression | undefined) => {
    if (expression !== undefined) read(expression, scope, names);
  };
  switch (node.type) {
    case "constant":
      return;
    case "name":
      load(scope, names, node.name);
      return;
    case "list":
    case "tuple":
    case "concat":
      node.items.forEach(use);
      return;
    case "dict":
      for (const entry of node.entries) entry.forEach(use);
      return;
    case "slice":
      node.parts.forEach(use);
      return;
    case "item":
      use(node.of);
      use(node.key);
      return;
    case "call":
      use(node.callee);
      readArguments(node.args, scope, names);
      return;
    case "filter":
      readFilter(node, scope, names);
      return;
    case "test":
      use(node.of);
      readArguments(node.args, scope, names);
      return;
    case "and":
    case "or":
    case "binary":
      use(node.left);
      use(node.right);
      return;
    case "compare":
      use(node.first);
      for (const [, operand] of node.rest) use(operand);
      return;
    case "conditional":
      use(node.test);
      use(node.then);
      use(node.otherwise);
      return;
    default:
      use(node.of);
  }
}

function readFilter(node: FilterNode, scope: Scope, names: Names): void {
  if (node.of !== undefined) read(node.of, scope, names);
  readArguments(node.args, scope, names);
}

function readArguments({ positional, keywords, spread, spreadKeywords }: Arguments, scope: Scope, names: Names): void {
  for (const argument of positional) read(argument, scope, names);
  for (const [, value] of keywords) read(value, scope, names);
  if (spread !== undefined) read(spread, scope, names);
  if (spreadKeywords !== undefined) read(spreadKeywords, scope, names);
}
