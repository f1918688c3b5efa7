import type { Json, JsonObject } from "../../sdk/json.js";
import type { ColumnType } from "../../sdk/schema/column-type.js";
import type { Calculator } from "../../sdk/sql/duckdb/calculator.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { type Comparison, type Constant, compared, comparedWithAny } from "./comparison.js";
import { and, type Condition, isNullIn, not, or, remainders, type Values } from "./condition.js";

export interface ConditionSurroundings {
  readonly engine: Calculator;
  /** The values of a column, where they are there without the engine. */
  valuesOf(name: string): Values | undefined;
}

type Node = JsonObject;

const comparisons: Readonly<Record<string, Comparison>> = {
  COMPARE_EQUAL: "=",
  COMPARE_NOTEQUAL: "<>",
  COMPARE_LESSTHAN: "<",
  COMPARE_LESSTHANOREQUALTO: "<=",
  COMPARE_GREATERTHAN: ">",
  COMPARE_GREATERTHANOREQUALTO: ">=",
};
const turned: Readonly<Record<Comparison, Comparison>> = {
  "=": "=",
  "<>": "<>",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/**
 * The condition that an expression is, on the columns' own memory: comparisons of a column, or its remainder, with
 * constants, and what AND, OR, NOT, BETWEEN, IN and IS NULL make of them. Undefined for everything else, which is the
 * engine's. The expression was accepted by the engine: its types go together.
 * @param tree as DuckDB's parser has it
 */
export async function compileCondition(tree: Node, around: ConditionSurroundings): Promise<Condition | undefined> {
  const type = String(tree.type);
  switch (tree.class) {
    case "CONJUNCTION":
      return await joined(nodes(tree.children), type === "CONJUNCTION_AND" ? and : or, around);
    case "COMPARISON":
      return await comparison(tree, around);
    case "BETWEEN": {
      const input = operand(tree.input, around);
      if (input === undefined) return undefined;
      const low = await bounded(input, ">=", tree.lower, around);
      const high = await bounded(input, "<=", tree.upper, around);
      return low && high && and(low, high);
    }
    case "OPERATOR":
      return await operator(type, nodes(tree.children), around);
    default:
      return undefined;
  }
}

async function operator(type: string, children: readonly Node[], around: ConditionSurroundings) {
  const [first, ...rest] = children;
  if (first === undefined) return undefined;
  if (type === "OPERATOR_NOT") {
    const inner = await compileCondition(first, around);
    return inner && not(inner);
  }
  const values = operand(first, around);
  if (values === undefined) return undefined;
  if (type === "OPERATOR_IS_NULL") return isNullIn(values);
  if (type === "OPERATOR_IS_NOT_NULL") return not(isNullIn(values));
  if (type !== "COMPARE_IN" && type !== "COMPARE_NOT_IN") return undefined;
  const constants: Constant[] = [];
  for (const node of rest) {
    const constant = await constantOf(node, values.type, around.engine);
    if (constant === undefined) return undefined;
    constants.push(constant);
  }
  const any = comparedWithAny(values, constants);
  return type === "COMPARE_IN" ? any : any && not(any);
}

async function joined(
  children: readonly Node[],
  join: (a: Condition, b: Condition) => Condition,
  around: ConditionSurroundings,
): Promise<Condition | undefined> {
  let all: Condition | undefined;
  for (const child of children) {
    const one = await compileCondition(child, around);
    if (one === undefined) return undefined;
    all = all === undefined ? one : join(all, one);
  }
  return all;
}

async function comparison(tree: Node, around: ConditionSurroundings): Promise<Condition | undefined> {
  const how = comparisons[String(tree.type)];
  if (how === undefined) return undefined;
  const left = operand(tree.left, around);
  if (left !== undefined) return await bounded(left, how, tree.right, around);
  const right = operand(tree.right, around);
  return right && (await bounded(right, turned[how], tree.left, around));
}

async function bounded(values: Values, how: Comparison, bound: Json | undefined, { engine }: ConditionSurroundings) {
  const constant = await constantOf(bound as Node, values.type, engine);
  return constant && compared(values, how, constant);
}

/** A column, or a column's remainder by a number. */
function operand(json: Json | undefined, around: ConditionSurroundings): Values | undefined {
  const node = json as Node;
  if (node.class === "COLUMN_REF") {
    const names = node.column_names as readonly Json[];
    return names.length === 1 ? around.valuesOf(String(names[0])) : undefined;
  }
  if (node.class !== "FUNCTION" || node.function_name !== "%" || node.is_operator !== true) return undefined;
  const [column, by] = nodes(node.children);
  const values = column?.class === "COLUMN_REF" ? operand(column, around) : undefined;
  const divisor = by === undefined ? undefined : wholeNumber(by);
  const isWhole = values !== undefined && ["int16", "int32", "int64"].includes(values.type.kind);
  return isWhole && divisor !== undefined && divisor > 0 ? remainders(values, divisor) : undefined;
}

function wholeNumber(node: Node): number | undefined {
  const known = literalOf(node);
  return known?.type === "INTEGER" && typeof known.value === "number" ? known.value : undefined;
}

interface Literal {
  readonly type: string;
  readonly value: Json;
  readonly scale: number;
}

function literalOf(node: Node): Literal | undefined {
  if (node.class !== "CONSTANT") return undefined;
  const { type, is_null: isNull, value } = node.value as JsonObject;
  const { id, type_info: info } = type as JsonObject;
  if (isNull === true || value === undefined) return undefined;
  const scale = id === "DECIMAL" ? Number((info as JsonObject).scale) : 0;
  return { type: String(id), value, scale };
}

const times = new Set(["date", "datetime", "timestamp"]);

/** A constant as it is compared with values of a type; undefined where the engine may compare in another way. */
async function constantOf(node: Node, type: ColumnType, engine: Calculator): Promise<Constant | undefined> {
  const isCast = node.class === "CAST" && node.try_cast !== true;
  const literal = literalOf(isCast ? (node.child as Node) : node);
  if (literal === undefined) return undefined;
  const { value, scale } = literal;
  if (typeof value === "string" && literal.type === "VARCHAR") {
    if (times.has(type.kind)) {
      const castTo = isCast ? String((node.cast_type as JsonObject).id) : duckType(type);
      return castTo === duckType(type) ? await timeConstant(value, type, engine) : undefined;
    }
    return isCast || type.kind !== "string" ? undefined : { kind: "text", text: value };
  }
  const isNumber = ["INTEGER", "BIGINT", "DECIMAL"].includes(literal.type);
  if (isCast || !isNumber || typeof value !== "number" || !Number.isSafeInteger(value)) return undefined;
  const digits = String(Math.abs(value)).padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return { kind: "number", text: value < 0 ? `-${text}` : text };
}

/** A text as the number that a time of its type is; undefined where it is none, or infinite. */
export async function timeConstant(text: string, type: ColumnType, engine: Calculator): Promise<Constant | undefined> {
  const time = `TRY_CAST($1::VARCHAR AS ${duckType(type)})`;
  const number = type.kind === "date" ? `${time} - DATE '1970-01-01'` : `epoch_us(${time})`;
  const { rows } = await engine.query(`SELECT CASE WHEN isfinite(${time}) THEN CAST(${number} AS VARCHAR) END`, [text]);
  const found = rows[0]?.[0];
  return typeof found === "string" ? { kind: "time", text: found } : undefined;
}

function nodes(json: Json | undefined): readonly Node[] {
  return (json ?? []) as readonly Node[];
}
