import { ConfigError } from "../../sdk/errors.js";
import type { Json, JsonObject } from "../../sdk/json.js";
import type { Calculator } from "../../sdk/sql/duckdb/calculator.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { castToLogical, logicalType } from "../../sdk/sql/duckdb/types.js";
import type { Check } from "./check.js";
import { type CompileContext, typeOf } from "./compile-transforms.js";
import { type Expression, invalid, parseExpression, type SelectNode } from "./expression.js";
import { parseTree, treeText } from "./sql-tree.js";
import type { StageColumn, Stages } from "./stages.js";

interface SelectContext {
  readonly onError: Check["action"];
  readonly context: CompileContext;
}

/**
 * Appends the stages of a SELECT over the batch: one row in, at most one row out.
 * @throws ConfigError `expression.invalid` or `expression.forbidden`
 */
export async function appendSelect(stages: Stages, text: string, { onError, context }: SelectContext): Promise<void> {
  const select: Expression = { text, option: ["sql"] };
  const { engine } = context;
  const node = await parseTree(engine, text, (message, offset) => invalid(select, message, offset));
  requirePlain(select, node);
  if (node.where_clause !== null) {
    const kept = quoteIdentifier("_sluice_sql_keep");
    const { sql } = await part(select, node.where_clause, engine);
    const where = await within(select, () => parseExpression(engine, { ...select, text: sql }));
    await within(select, () => typeOf(stages, where, context));
    stages.select(`*, TRY(coalesce(${where.sql}, false)) AS ${kept}`);
    const reason = "the condition of the SELECT raised an error";
    stages.check({ rule: "sql", action: onError, reason, counted: false, bad: `${kept} IS NULL` });
    stages.check({ rule: "sql", action: "filter", reason: "", counted: false, bad: `NOT coalesce(${kept}, true)` });
  }
  const items = await Promise.all(node.select_list.map((item) => part(select, item, engine)));
  const columns: StageColumn[] = [];
  const made: { name: string; value: string }[] = [];
  for (const [i, { name, sql }] of items.entries()) {
    const item = node.select_list[i]!;
    const passed = isStar(select, item) ? stages.columns : same(stages, item, name);
    if (passed !== undefined) {
      columns.push(...passed);
      continue;
    }
    if (name === undefined) throw invalid(select, `'${sql}' has no name: write ${sql} AS name`, undefined);
    const expression = await within(select, () => parseExpression(engine, { ...select, text: sql }));
    const described = await within(select, () => typeOf(stages, expression, context));
    made.push({ name, value: `TRY(struct_pack(v := ${castToLogical(expression.sql, described)}))` });
    columns.push({ column: { name, type: logicalType(described), nullable: true }, from: undefined });
  }
  requireDistinct(select, columns);
  putColumns(stages, columns, made);
  for (const [i, { name }] of made.entries()) {
    const reason = `the expression of '${name}' raised an error`;
    stages.check({ rule: `sql(${name})`, action: onError, reason, counted: false, bad: failedName(i) });
  }
}

const madeName = (i: number) => quoteIdentifier(`_sluice_sql_${i}`);
const failedName = (i: number) => quoteIdentifier(`_sluice_sql_failed_${i}`);

/** All are computed from the columns as they were; then they take their names, and columns of those names go. */
function putColumns(stages: Stages, columns: readonly StageColumn[], made: readonly { name: string; value: string }[]) {
  if (made.length > 0) {
    stages.select(["*", ...made.map(({ value }, i) => `${value} AS ${madeName(i)}`)].join(", "));
    const names = new Set(made.map(({ name }) => name.toLowerCase()));
    const there = stages.columns.filter(({ from }) => from === undefined || stages.touched.has(from));
    const gone = there.filter(({ column }) => names.has(column.name.toLowerCase()));
    const left = [...made.map((_, i) => madeName(i)), ...gone.map(({ column }) => quoteIdentifier(column.name))];
    const taken = made.map(
      ({ name }, i) =>
        `struct_extract(${madeName(i)}, 'v') AS ${quoteIdentifier(name)}, ${madeName(i)} IS NULL AS ${failedName(i)}`,
    );
    stages.select(`* EXCLUDE (${left.join(", ")}), ${taken.join(", ")}`);
  }
  stages.keepOnly(columns);
}

function requirePlain(select: Expression, node: SelectNode): void {
  const { from_table: from, modifiers, cte_map: ctes, group_expressions: groups, having, qualify, sample } = node;
  const fromBatch =
    from.type === "BASE_TABLE" && String(from.table_name).toLowerCase() === "batch" && from.schema_name === "";
  const plain = modifiers.length === 0 && ctes.map.length === 0 && groups.length === 0;
  if (fromBatch && from.alias === "" && plain && [having, qualify, sample].every((one) => one === null)) return;
  throw new ConfigError("expression.forbidden", "sql: it must be SELECT … FROM batch [WHERE …] and nothing more", {
    hint: "a row is made from one row: no joins, groups, order, limit, distinct, set operations or WITH",
    option: { path: select.option },
  });
}

/** One part of the statement as SQL of its own, and the name it gives its column. */
async function part(select: Expression, item: JsonObject, engine: Calculator) {
  const names = item.class === "COLUMN_REF" ? (item.column_names as readonly Json[]) : [];
  const alias = String(item.alias ?? "");
  const name = alias === "" ? (names.at(-1) as string | undefined) : alias;
  if (item.class === "STAR") return { name, sql: "*" };
  return { name, sql: await within(select, () => treeText(engine, { ...item, alias: "" })) };
}

function isStar(select: Expression, item: JsonObject): boolean {
  if (item.class !== "STAR") return false;
  const lists = [item.exclude_list, item.replace_list, item.rename_list, item.qualified_exclude_list];
  const bare = lists.every((one) => !Array.isArray(one) || one.length === 0) && item.columns === false;
  if (!bare || item.expr != null) throw invalid(select, "only a plain * is understood: name the columns", undefined);
  return true;
}

/** The column that an item only passes on under its own name. */
function same(stages: Stages, item: JsonObject, name: string | undefined): StageColumn[] | undefined {
  if (item.class !== "COLUMN_REF" || (item.column_names as readonly Json[]).length !== 1) return undefined;
  const found = stages.find(String((item.column_names as readonly Json[])[0]));
  return found !== undefined && found.column.name === name ? [found] : undefined;
}

function requireDistinct(select: Expression, columns: readonly StageColumn[]): void {
  const names = columns.map(({ column }) => column.name.toLowerCase());
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin !== undefined) throw invalid(select, `two columns are named '${twin}'`, undefined);
}

/** Errors about a part, placed in the whole: at the name they are about, where it is found. */
async function within<T>(select: Expression, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const missing = /there is no column '(.*)'/.exec(error.message)?.[1];
    const at = missing === undefined ? -1 : select.text.indexOf(missing);
    const place = at < 0 ? {} : { offset: at, length: missing?.length ?? 1 };
    throw new ConfigError(error.code, error.message, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      option: { path: select.option, ...place },
    });
  }
}
