import { ConfigError, type OptionPlace } from "../../sdk/errors.js";
import type { Json, JsonObject } from "../../sdk/json.js";
import type { Calculator } from "../../sdk/sql/duckdb/calculator.js";
import { aggregates } from "../quality/aggregates.js";

/** An SQL expression over the columns of one row, and where the user wrote it. */
export interface Expression {
  readonly text: string;
  /** The way to it within the stream's options. */
  readonly option: OptionPlace["path"];
}

/** What is known of an expression once it was read by DuckDB's own parser. */
export interface ParsedExpression extends Expression {
  /** Balanced, and safe to put wherever an expression may stand. */
  readonly sql: string;
  /** The first part of every name in it: columns, or parameters of lambdas. */
  readonly names: readonly string[];
  /** As DuckDB's parser has it. */
  readonly tree: JsonObject;
}

/** The kinds of node that compute one value from one row; every other reaches beyond it. */
const rowWise = new Set([
  ...["COLUMN_REF", "FUNCTION", "CONSTANT", "COMPARISON", "CONJUNCTION", "OPERATOR"],
  ...["CAST", "CASE", "BETWEEN", "LAMBDA", "COLLATE", "TYPE"],
]);

/** What tells of the engine, the session or other tables rather than of the row. */
const beyondRow =
  /^(?:current_(?:setting|database|schemas?|catalog|query|user|role)|session_user|user|getvariable|txid_current|in_search_path|get_block_size|query|query_table|pg_\w+|inet_\w+|has_\w+_privilege|duckdb_\w+|obj_description|shobj_description|col_description|regexp_split_to_table|generate_subscripts|unnest|unlist)$/i;

/**
 * Reads an expression with DuckDB's parser, and refuses what does not compute one value from one row.
 * @throws ConfigError `expression.invalid` or `expression.forbidden` with the place in its text
 */
export async function parseExpression(
  engine: Calculator,
  expression: Expression,
  { aggregates: mayAggregate = false }: ParseRules = {},
): Promise<ParsedExpression> {
  const { text, option } = expression;
  const statement = await parseStatement(engine, `SELECT (\n${text}\n)`, {
    refuse: (message, offset) => invalid(expression, message, offset),
    before: prefix,
    read: JSON.parse,
  });
  const { select_list: items, from_table: from, modifiers, cte_map: ctes, ...rest } = statement;
  const plain =
    items.length === 1 &&
    from.type === "EMPTY" &&
    modifiers.length === 0 &&
    ctes.map.length === 0 &&
    [rest.where_clause, rest.having, rest.qualify, rest.sample].every((part) => part === null) &&
    rest.group_expressions.length === 0;
  if (!plain) throw invalid(expression, "it is more than one expression", undefined);
  const names = new Set<string>();
  for (const node of nodesOf(items[0]!)) {
    const offset = typeof node.query_location === "number" ? node.query_location - prefix : undefined;
    if (node.class === "COLUMN_REF") names.add(String((node.column_names as Json[])[0]));
    const function_ = node.class === "FUNCTION" ? String(node.function_name) : undefined;
    if (!rowWise.has(String(node.class)) || (function_ !== undefined && beyondRow.test(function_))) {
      throw forbidden(expression, function_ ?? kindName(String(node.class)), offset);
    }
    const name = function_?.toLowerCase() ?? "";
    if (mayAggregate && aggregates.has(name)) continue;
    if (function_ !== undefined && (await notRowWise(engine)).has(name)) {
      throw forbidden(expression, `${function_}()`, offset);
    }
  }
  return { text, option, sql: `((\n${text}\n))`, names: [...names], tree: items[0]! };
}

interface ParseRules {
  /** Whether it may compute something of many rows. */
  readonly aggregates?: boolean;
}

/** `SELECT (` and a line's end stand before the user's text. */
const prefix = "SELECT (\n".length;

export interface SelectNode {
  readonly type: string;
  readonly select_list: JsonObject[];
  readonly from_table: JsonObject & { readonly type: string };
  readonly modifiers: readonly Json[];
  readonly cte_map: { readonly map: readonly Json[] };
  readonly where_clause: JsonObject | null;
  readonly group_expressions: readonly Json[];
  readonly having: Json;
  readonly qualify: Json;
  readonly sample: Json;
}

interface ParseOptions {
  /** Makes the error of a text that is none. */
  refuse(message: string, offset: number | undefined): ConfigError;
  /** Characters before the user's own. */
  readonly before: number;
  /** Reads the tree's JSON. */
  read(json: string): unknown;
}

/** The tree of one SELECT. */
export async function parseStatement(
  engine: Calculator,
  sql: string,
  { refuse, before, read }: ParseOptions,
): Promise<SelectNode> {
  const { rows } = await engine.query("SELECT json_serialize_sql($1::VARCHAR)", [sql]);
  const parsed = read(String(rows[0]![0])) as {
    readonly error: boolean;
    readonly error_message?: string;
    readonly position?: string;
    readonly statements?: readonly { readonly node: SelectNode }[];
  };
  if (parsed.error) {
    const offset = parsed.position === undefined ? undefined : Number(parsed.position) - before;
    throw refuse(parsed.error_message ?? "it cannot be read", offset);
  }
  const [statement, ...others] = parsed.statements ?? [];
  if (statement === undefined || others.length > 0 || statement.node.type !== "SELECT_NODE") {
    throw refuse("it is not one SELECT", undefined);
  }
  return statement.node;
}

/** Every node of a tree that has a class, the root first. */
export function* nodesOf(tree: Json): Generator<JsonObject> {
  if (tree === null || typeof tree !== "object") return;
  if (Array.isArray(tree)) {
    for (const item of tree) yield* nodesOf(item);
    return;
  }
  const node = tree as JsonObject;
  if (typeof node.class === "string") yield node;
  for (const [key, value] of Object.entries(node)) if (key !== "value") yield* nodesOf(value);
}

const knownFunctions = new WeakMap<Calculator, Promise<ReadonlySet<string>>>();

/** Functions over many rows, and those that give something else each time: a row must always give the same. */
function notRowWise(engine: Calculator): Promise<ReadonlySet<string>> {
  const known =
    knownFunctions.get(engine) ??
    engine
      .query(
        `SELECT DISTINCT lower(function_name) FROM duckdb_functions()
         WHERE function_type IN ('aggregate', 'pragma', 'table_macro') OR stability = 'VOLATILE'`,
      )
      .then(({ rows }) => new Set(rows.map(([name]) => String(name))));
  knownFunctions.set(engine, known);
  return known;
}

function kindName(kind: string): string {
  return kind.toLowerCase().replaceAll("_", " ");
}

/** What is wrong with an expression, with its place. */
export function invalid(
  { text, option }: Expression,
  message: string,
  offset: number | undefined,
  details: { readonly hint?: string | undefined; readonly length?: number; readonly column?: string } = {},
): ConfigError {
  const inside = offset !== undefined && offset >= 0 && offset <= text.length;
  return new ConfigError("expression.invalid", `${option.join(".")}: ${message}`, {
    ...(details.hint === undefined ? {} : { hint: details.hint }),
    ...(details.column === undefined ? {} : { column: details.column }),
    option: { path: option, ...(inside ? { offset, length: details.length ?? 1 } : {}) },
  });
}

function forbidden({ text, option }: Expression, what: string, offset: number | undefined): ConfigError {
  const inside = offset !== undefined && offset >= 0 && offset <= text.length;
  return new ConfigError("expression.forbidden", `${option.join(".")}: ${what} cannot stand in an expression`, {
    hint: "an expression computes one value from the columns of one row, the same each time; it reaches no file, table, setting or network",
    option: { path: option, ...(inside ? { offset, length: 1 } : {}) },
  });
}
