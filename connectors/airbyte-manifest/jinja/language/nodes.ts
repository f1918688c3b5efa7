import type { Binary } from "../operators.js";
import type { PyValue } from "../values/value.js";

/** The syntax tree of a template. */
export interface Arguments {
  readonly positional: readonly Expression[];
  readonly keywords: readonly (readonly [name: string, value: Expression])[];
  readonly spread: Expression | undefined;
  readonly spreadKeywords: Expression | undefined;
}

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

export type Expression =
  | { readonly type: "constant"; readonly value: PyValue }
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "list" | "tuple" | "concat"; readonly items: readonly Expression[] }
  | { readonly type: "dict"; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly type: "attribute"; readonly of: Expression; readonly name: string }
  | { readonly type: "item"; readonly of: Expression; readonly key: Expression }
  | { readonly type: "slice"; readonly parts: readonly (Expression | undefined)[] }
  | CallNode
  | FilterNode
  | {
      readonly type: "test";
      readonly of: Expression;
      readonly name: string;
      readonly args: Arguments;
      readonly line: number;
    }
  | { readonly type: "not" | "negative" | "positive"; readonly of: Expression }
  | { readonly type: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly type: "binary"; readonly operator: Binary; readonly left: Expression; readonly right: Expression }
  | {
      readonly type: "compare";
      readonly first: Expression;
      readonly rest: readonly (readonly [Comparison, Expression])[];
    }
  | {
      readonly type: "conditional";
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression | undefined;
      readonly line: number;
    };

export interface CallNode {
  readonly type: "call";
  readonly callee: Expression;
  readonly args: Arguments;
}

export interface FilterNode {
  readonly type: "filter";
  /** Undefined at the head of a `{% filter %}` or `{% set %}` block: the block's text. */
  readonly of: Expression | undefined;
  readonly name: string;
  readonly args: Arguments;
  readonly line: number;
}

export type Target =
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "member"; readonly of: string; readonly name: string }
  | { readonly type: "tuple"; readonly items: readonly Target[] };

export interface Parameter {
  readonly name: string;
  readonly default: Expression | undefined;
}

export type Statement =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "output"; readonly values: readonly Expression[] }
  | { readonly type: "if"; readonly branches: readonly (readonly [Expression, Body])[]; readonly otherwise: Body }
  | ForNode
  | { readonly type: "set"; readonly target: Target; readonly value: Expression }
  | {
      readonly type: "set_block";
      readonly target: Target;
      readonly filter: FilterNode | undefined;
      readonly body: Body;
    }
  | {
      readonly type: "with";
      readonly targets: readonly Target[];
      readonly values: readonly Expression[];
      readonly body: Body;
    }
  | MacroNode
  | { readonly type: "call_block"; readonly call: CallNode; readonly macro: MacroNode }
  | { readonly type: "filter_block"; readonly filter: FilterNode; readonly body: Body }
  | { readonly type: "scope"; readonly body: Body; readonly escaping: Expression | undefined }
  | { readonly type: "loader"; readonly template: Expression; readonly stores: readonly string[] };

export type Body = readonly Statement[];

export interface ForNode {
  readonly type: "for";
  readonly target: Target;
  readonly over: Expression;
  readonly condition: Expression | undefined;
  readonly recursive: boolean;
  readonly body: Body;
  readonly otherwise: Body;
}

export interface MacroNode {
  readonly type: "macro";
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
}
