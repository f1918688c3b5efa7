import { ConfigError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import { type Learned, newLearned } from "../nested/learned.js";
import type { LoadRule } from "../quality/load-rule.js";
import { requireRuleColumns } from "../quality/require-rule-columns.js";
import type { ExpressionEngine } from "../transform/engine.js";
import { type LoadExpression, parseLoadExpression } from "../transform/load-expression.js";
import { ofStream } from "../transform/of-stream.js";
import { type PreparedRows, prepareRows } from "../transform/prepare-rows.js";
import { addedColumns } from "./inferred-columns.js";
import type { StreamPlan } from "./stream-plan.js";

/** A stream's rows as they come and as they leave the transforms. */
export interface PreparedStream {
  /** The columns of batches, as the source has them. */
  readonly source: readonly Column[];
  readonly rows: PreparedRows;
  /** The expressions of its load rules. */
  readonly expressions: ReadonlyMap<LoadRule, LoadExpression>;
}

/**
 * Compiles what is done to a stream's rows, over the columns that come: those that were asked for, or what the source
 * announces while it is read.
 * @throws ConfigError naming the stream, the option and the place in it
 */
export async function prepareStream(
  plan: StreamPlan,
  announced: readonly Column[],
  engine: ExpressionEngine,
  learned: Learned = newLearned(),
): Promise<PreparedStream> {
  const names = [...plan.columns, ...addedColumns(plan, announced)];
  const source = names.flatMap((name) => announced.find((column) => column.name === name) ?? []);
  const rows = await prepareRows(source, { ...plan.rows, stream: plan.id, learned }, engine);
  if (rows.isPart) return { source, rows, expressions: new Map() };
  const { loads = [] } = plan.options.quality ?? {};
  requireRuleColumns(plan.id, loads, rows.columns);
  return { source, rows, expressions: await loadExpressions(plan.id, loads, { columns: rows.columns, engine }) };
}

interface Surroundings {
  readonly columns: readonly Column[];
  readonly engine: ExpressionEngine;
}

async function loadExpressions(
  stream: string,
  rules: readonly LoadRule[],
  { columns, engine }: Surroundings,
): Promise<ReadonlyMap<LoadRule, LoadExpression>> {
  const expressions = new Map<LoadRule, LoadExpression>();
  for (const rule of rules) {
    const { test, option } = rule;
    if (test.type !== "expression") continue;
    const expression = { text: test.sql, option };
    try {
      expressions.set(rule, await parseLoadExpression(await engine.calculator(), expression, columns));
    } catch (error) {
      throw error instanceof ConfigError ? ofStream(error, stream) : error;
    }
  }
  return expressions;
}
