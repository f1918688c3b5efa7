import { ConfigError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { type Learned, newLearned } from "../nested/learned.js";
import { isUnfolded } from "../nested/nested-choice.js";
import { nestedStep } from "../nested/nested-step.js";
import type { RowRule } from "../quality/row-rule.js";
import { columnRuleCheck, expressionRuleCheck } from "../quality/rule-check.js";
import { columnRuleCondition } from "../quality/rule-condition.js";
import { loadRowFunction } from "../registry/load-row-function.js";
import { appendSelect } from "./append-select.js";
import { compileCondition } from "./compile-condition.js";
import { type CompileContext, compileTransforms, requireColumn, typeOf } from "./compile-transforms.js";
import { isFalse } from "./condition.js";
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
  /** What is known of columns that steps make. */
  readonly learned?: Learned;
}

/** What becomes of a stream's rows before they are fitted to the table: compiled, not yet running. */
export interface PreparedRows {
  /** The columns after the transforms. */
  readonly columns: readonly Column[];
  /** Output names of source columns that are still there. */
  readonly outputOf: ReadonlyMap<string, string>;
  readonly stages: Stages;
  /** The columns of elements that rows bring for child tables, by the tables' names. */
  readonly children: ReadonlyMap<string, readonly Column[]>;
  /** What is done before a step, and the step; `stages` go on with the rows that it makes. */
  readonly before: { readonly rows: PreparedRows; readonly step: RowStep } | undefined;
  /** What comes after the step cannot be told before rows were looked at. */
  readonly isPart: boolean;
}

/**
 * Compiles transforms and rules over the selected columns of a source. The engine is opened only where there is
 * something to run. Before any row was looked at, it goes no further than a step whose columns are learned from them.
 * @throws ConfigError naming the option, and the place in an expression
 */
export async function prepareRows(
  columns: readonly Column[],
  { stream, learned = newLearned(), ...options }: StreamRows,
  engine: ExpressionEngine,
): Promise<PreparedRows> {
  try {
    const { transforms, rules } = options;
    const { nested = {}, sql, function: file, onError = "quarantine" } = transforms;
    const outputs = new Map(columns.map(({ name }) => [name, transforms.rename?.[name] ?? name]));
    let stages = newStages(columns.map((column) => ({ ...column, name: outputs.get(column.name)! })));
    let before: PreparedRows["before"];
    const prepared = () => preparedRows(stages, outputs, before);
    const goOnAfter = (step: RowStep) => {
      before = { rows: prepared(), step };
      stages = newStages(step.columns);
    };
    const context = runsSql(options) ? await compileContext(engine) : undefined;
    if (context !== undefined) await compileTransforms(stages, transforms, context);
    if (isUnfolded(nested)) {
      goOnAfter(nestedStep({ choices: nested, given: prepared().columns, learned, onError }));
      if (!learned.looked) return { ...prepared(), isPart: true };
    }
    if (context !== undefined && sql !== undefined) await appendSelect(stages, sql, { onError, context });
    if (file !== undefined) {
      const loaded = await loadRowFunction(file);
      goOnAfter(functionStep({ file, loaded, given: prepared().columns, learned, onError }));
    }
    if (context !== undefined) for (const rule of rules) await appendRule(stages, rule, context);
    return prepared();
  } catch (error) {
    throw error instanceof ConfigError ? ofStream(error, stream) : error;
  }
}

async function compileContext({ calculator, tokenizer, textFunction }: ExpressionEngine): Promise<CompileContext> {
  return { engine: await calculator(), tokenizer, textFunction };
}

function preparedRows(
  stages: Stages,
  outputOf: PreparedRows["outputOf"],
  before: PreparedRows["before"],
): PreparedRows {
  const columns = stages.columns.map(({ column }) => column);
  const kept = new Set(columns.map(({ name }) => name));
  return {
    columns,
    outputOf: new Map([...outputOf].filter(([, output]) => kept.has(output))),
    stages,
    children: before?.step.childColumns ?? before?.rows.children ?? new Map(),
    before,
    isPart: false,
  };
}

/** Whether rows have to be computed on, rather than passed on under other names. */
export function needsEngine(options: RowOptions): boolean {
  const { nested = {}, function: file } = options.transforms;
  return runsSql(options) || isUnfolded(nested) || file !== undefined;
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
    const around = { engine: context.engine, valuesOf: stages.valuesOf };
    const condition = await compileCondition(expression.tree, around);
    stages.check({ ...expressionRuleCheck(rule, expression.sql), wrong: condition && isFalse(condition) });
    return;
  }
  if (test.type === "matches") await requirePattern(test.pattern, rule, context);
  const { column } = requireColumn(stages, test.column, option);
  stages.touch([test.column]);
  const values = stages.valuesOf(test.column);
  const wrong = values && (await columnRuleCondition(test, values, context.engine));
  stages.check({ ...columnRuleCheck(rule, test, column.type), wrong });
}

/** @throws ConfigError `rule.pattern` for what is no regular expression */
async function requirePattern(pattern: string, { name, option }: RowRule, { engine }: CompileContext): Promise<void> {
  try {
    await engine.query(`SELECT regexp_matches('', ${quoteLiteral(pattern)})`);
  } catch (error) {
    const why = (error as Error).message.replace(/^[\w ]*Error: /, "");
    throw new ConfigError("rule.pattern", `${name}: '${pattern}' is no regular expression: ${why}`, {
      hint: "regular expressions are RE2's: https://github.com/google/re2/wiki/Syntax",
      option: { path: option },
      cause: error,
    });
  }
}
