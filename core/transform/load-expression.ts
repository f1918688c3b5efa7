import { ConfigError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { Calculator } from "../../sdk/sql/duckdb/calculator.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import { aggregates } from "../quality/aggregates.js";
import { describeExpression } from "./describe.js";
import { type Expression, invalid, nodesOf, parseExpression } from "./expression.js";
import { parseTree, treeText } from "./sql-tree.js";

/** An SQL expression over all rows of a load, ready to be asked. */
export interface LoadExpression {
  /** True, false or null. */
  readonly sql: string;
  /** The columns that it looks at. */
  readonly columns: readonly Column[];
  /** The aggregates in it: what is told where it is false. */
  readonly parts: readonly string[];
}

/**
 * Reads an expression over the rows of a load that have these columns.
 * @throws ConfigError `expression.invalid`, `expression.forbidden` or `rule.no_aggregate`, with the place in its text
 */
export async function parseLoadExpression(
  engine: Calculator,
  expression: Expression,
  columns: readonly Column[],
): Promise<LoadExpression> {
  const parsed = await parseExpression(engine, expression, { aggregates: true });
  const named = (name: string) =>
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  const touched = [...new Set(parsed.names.flatMap((name) => named(name) ?? []))];
  const items = touched.map(({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${quoteIdentifier(name)}`);
  const relation = `SELECT ${items.length === 0 ? "1 AS _sluice_none" : items.join(", ")}`;
  const surroundings = { relation, columns: columns.map(({ name }) => name), parameters: [] };
  const type = await describeExpression(engine, parsed, surroundings);
  if (type !== "BOOLEAN") throw invalid(expression, `it is ${type}, and not true or false`, undefined);
  const parts = await aggregatesOf(engine, expression);
  if (parts.length === 0) {
    throw new ConfigError("rule.no_aggregate", `${expression.option.join(".")}: nothing in it is about all rows`, {
      option: { path: expression.option },
      hint: "a rule over a load has an aggregate, such as sum(total) or count(*); leave `over: load` out to judge each row",
    });
  }
  // A load without rows is asked too, and a relation has one column at least.
  return { sql: parsed.sql, columns: touched.length === 0 ? columns.slice(0, 1) : touched, parts };
}

async function aggregatesOf(engine: Calculator, expression: Expression): Promise<string[]> {
  const refuse = (message: string) => invalid(expression, message, undefined);
  const node = await parseTree(engine, `SELECT (\n${expression.text}\n)`, refuse);
  const calls = [...nodesOf(node.select_list)].filter(
    (one) => one.class === "FUNCTION" && aggregates.has(String(one.function_name).toLowerCase()),
  );
  const texts = await Promise.all(calls.map((call) => treeText(engine, call)));
  return [...new Set(texts.map((text) => text.replaceAll("count_star()", "count(*)")))];
}
