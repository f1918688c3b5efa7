import { ConfigError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { RowRule } from "../quality/row-rule.js";
import { columnRuleCheck, expressionRuleCheck } from "../quality/rule-check.js";
import { loadRowFunction } from "../registry/load-row-function.js";
import { appendSelect } from "./append-select.js";
import { type CompileContext, compileTransforms, requireColumn, typeOf } from "./compile-transforms.js";
import type { ExpressionEngine } from "./engine.js";
import { invalid, parseExpression } from "./expression.js";
import { functionStep } from "./function-step.js";
import { ofStream } from "./of-stream.js";
import type { RowStep } from "./row-step.js";
import { newStages, type Stages } from "./stages.js";
import type { Transforms } from "./transforms.js";

export interface RowOptions {
  readonly transforms: Transforms;
  readonly rules: readonly RowRule[];
}

interface StreamRows extends RowOptions {
  /** For messages. */
  readonly stream: string;
  /** Columns that steps made of earlier rows, with the types they had. */
  readonly made?: readonly Column[];
}

/** What becomes of a stream's rows before they are fitted to the table: compiled, not yet running. */
export interface PreparedRows {
  /** The columns after the transforms. */
  readonly columns: readonly Column[];
  /** Output names of source columns that are still there. */
  readonly outputOf: ReadonlyMap<string, string>;
  readonly stages: Stages;
  /** What is done before a step, and the step; `stages` go on with the rows that it makes. */
  readonly before: { readonly rows: PreparedRows; readonly step: RowStep } | undefined;
}

/**
 * Compiles transforms and rules over the selected columns of a source. The engine is opened only where there is
 * something to run.
 * @throws ConfigError naming the option, and the place in an expression
 */
export async function prepareRows(
  columns: readonly Column[],
  { stream, made = [], ...options }: StreamRows,
  engine: ExpressionEngine,
): Promise<PreparedRows> {
  try {
    const { transforms, rules } = options;
    const renamed = columns.map((column) => ({ ...column, name: transforms.rename?.[column.name] ?? column.name }));
    const stages = newStages(renamed);
    const context = runsSql(options) ? await compileContext(engine) : undefined;
    if (context !== undefined) await appendTransforms(stages, transforms, context);
    const names = columns.map(({ name }, i): [string, string] => [name, renamed[i]!.name]);
    const rows = preparedRows(stages, new Map(names), undefined);
    if (transforms.function === undefined) {
      if (context !== undefined) for (const rule of rules) await appendRule(stages, rule, context);
      return preparedRows(stages, rows.outputOf, undefined);
    }
    const { function: file, onError = "quarantine" } = transforms;
    const loaded = await loadRowFunction(file);
    const step = functionStep({ file, loaded, given: rows.columns, known: made, onError });
    const after = newStages(step.columns);
    if (context !== undefined) for (const rule of rules) await appendRule(after, rule, context);
    return preparedRows(after, rows.outputOf, { rows, step });
  } catch (error) {
    throw error instanceof ConfigError ? ofStream(error, stream) : error;
  }
}

async function compileContext({ calculator, tokenizer }: ExpressionEngine): Promise<CompileContext> {
  return { engine: await calculator(), tokenizer };
}

async function appendTransforms(stages: Stages, transforms: Transforms, context: CompileContext): Promise<void> {
  await compileTransforms(stages, transforms, context);
  const { sql, onError = "quarantine" } = transforms;
  if (sql !== undefined) await appendSelect(stages, sql, { onError, context });
}

function preparedRows(
  stages: Stages,
  outputOf: PreparedRows["outputOf"],
  before: PreparedRows["before"],
): PreparedRows {
  const columns = stages.columns.map(({ column }) => column);
  const kept = new Set(columns.map(({ name }) => name));
  return { columns, outputOf: new Map([...outputOf].filter(([, output]) => kept.has(output))), stages, before };
}

/** Whether rows have to be computed on, rather than passed on under other names. */
export function needsEngine(options: RowOptions): boolean {
  return runsSql(options) || options.transforms.function !== undefined;
}

function runsSql({ transforms, rules }: RowOptions): boolean {
  const { cast = {}, mask = {}, derive = {}, filter, sql } = transforms;
  return (
    filter !== undefined ||
    sql !== undefined ||
    rules.length > 0 ||
    [cast, mask, derive].some((one) => Object.keys(one).length > 0)
  );
}

async function appendRule(stages: Stages, rule: RowRule, context: CompileContext): Promise<void> {
  const { test, option } = rule;
  if (test.type === "expression") {
    const expression = await parseExpression(context.engine, { text: test.sql, option });
    const type = await typeOf(stages, expression, context);
    if (type !== "BOOLEAN") throw invalid(expression, `it is ${type}, and not true or false`, undefined);
    stages.check(expressionRuleCheck(rule, expression.sql));
    return;
  }
  const { column } = requireColumn(stages, test.column, option);
  stages.touch([test.column]);
  stages.check(columnRuleCheck(rule, test, column.type));
}
