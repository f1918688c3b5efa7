import { ConfigError } from "../../sdk/errors.js";
import { type ColumnType, formatType, scalar } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { Calculator } from "../../sdk/sql/duckdb/calculator.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { castToLogical, duckType, logicalType } from "../../sdk/sql/duckdb/types.js";
import { nearest } from "../schema/nearest.js";
import type { Check } from "./check.js";
import { compileCondition } from "./compile-condition.js";
import { isNotTrue, never, type Values } from "./condition.js";
import { decimalOfDouble } from "./decimal-of-double.js";
import { describeExpression } from "./describe.js";
import { invalid, type ParsedExpression, parseExpression } from "./expression.js";
import { type DocumentMask, documentMasker } from "./mask-document.js";
import { type BindBytes, maskSql } from "./mask-sql.js";
import { isMaskedColumn } from "./masked-columns.js";
import type { StageColumn, StageMask, Stages } from "./stages.js";
import type { Mask, TokenizeMask, Transforms } from "./transforms.js";

/** Where stages are compiled: the engine that will run them, and how it is told of masks with a key. */
export interface CompileContext {
  readonly engine: Calculator;
  /** Makes a function from text to text known to the engine; returns its name. */
  tokenizer(mask: TokenizeMask): Promise<string>;
  /** Makes any other one known to it. */
  textFunction(convert: (text: string) => string): Promise<string>;
}

/**
 * Appends the stages of cast, mask, filter and derive.
 * @throws ConfigError naming the option, and the place in an expression
 */
export async function compileTransforms(
  stages: Stages,
  transforms: Transforms,
  context: CompileContext,
): Promise<void> {
  const { cast = {}, mask = {}, filter, derive = {}, onError = "quarantine" } = transforms;
  const casts = appendCasts(stages, cast, onError);
  const expression =
    filter === undefined ? undefined : await parseExpression(context.engine, { text: filter, option: ["filter"] });
  // A filter that looks at no masked column saves the masks of the rows it drops.
  const first =
    expression?.names.every((name) => !isMaskedColumn({ mask }, stages.resolve(name)?.column.name ?? "")) ?? false;
  if (expression !== undefined && first) await appendFilter(stages, expression, { casts, onError, context });
  await appendMasks(stages, mask, { cast, filtered: first, context });
  if (expression !== undefined && !first) await appendFilter(stages, expression, { casts, onError, context });
  for (const check of casts.values()) stages.check(check);
  for (const [name, text] of Object.entries(derive)) await appendDerived(stages, name, text, { onError, context });
}

/** Whether a row is looked at at all: null while its filter cannot tell. */
const keep = quoteIdentifier("_sluice_keep");

/** What a cast is beside its SQL. */
interface CastColumn {
  readonly check: Check;
  readonly values: Values | undefined;
}

function castColumn(stages: Stages, name: string, type: ColumnType, action: Check["action"]): CastColumn {
  const { column } = requireColumn(stages, name, ["cast", name]);
  stages.touch([name]);
  const given = stages.valuesOf(name);
  const isPlain = column.type.kind === "float64" && type.kind === "decimal" && type.precision <= 18;
  const cast = isPlain && given !== undefined ? decimalOfDouble(given, type) : undefined;
  const reason = `'${name}' cannot be cast to ${formatType(type)}`;
  const check = { rule: `cast(${name})`, action, reason, counted: false, bad: failedCast(name), wrong: cast?.failed };
  return { check, values: cast?.values };
}

function failedCast(name: string): string {
  return quoteIdentifier(`_sluice_cast_${name}`);
}

/** The value as it was, for masks: what cannot be cast must not show either. */
function uncast(name: string): string {
  return quoteIdentifier(`_sluice_uncast_${name}`);
}

/** Returns the checks of casts that failed. */
function appendCasts(
  stages: Stages,
  cast: Readonly<Record<string, ColumnType>>,
  action: Check["action"],
): Map<string, Check> {
  const entries = Object.entries(cast);
  const columns = new Map(entries.map(([name, type]) => [name, castColumn(stages, name, type, action)]));
  if (entries.length === 0) return new Map();
  const value = (name: string, type: ColumnType) => `TRY_CAST(${quoteIdentifier(name)} AS ${duckType(type)})`;
  const replaced = entries.map(([name, type]) => `${value(name, type)} AS ${quoteIdentifier(name)}`);
  const failed = entries.map(([name, type]) => {
    const column = quoteIdentifier(name);
    return `${column} IS NOT NULL AND ${value(name, type)} IS NULL AS ${failedCast(name)}, ${column} AS ${uncast(name)}`;
  });
  stages.select(`* REPLACE (${replaced.join(", ")}), ${failed.join(", ")}`);
  for (const [name, type] of entries) {
    const { native: _, ...facts } = stages.find(name)!.column;
    stages.put({ ...facts, type }, columns.get(name)!.values);
  }
  return new Map([...columns].map(([name, { check }]) => [name, check]));
}

/** Types whose text in DuckDB is the canonical one; the others come as text from the start. */
const sameText = new Set(["boolean", "int16", "int32", "int64", "decimal", "uuid", "string", "json"]);

interface MaskContext {
  readonly cast: Readonly<Record<string, ColumnType>>;
  /** The rows are filtered already. */
  readonly filtered: boolean;
  readonly context: CompileContext;
}

async function appendMasks(
  stages: Stages,
  mask: Readonly<Record<string, Mask>>,
  { cast, filtered, context }: MaskContext,
): Promise<void> {
  const masks: StageMask[] = [];
  const textOf = (name: string) => {
    const text = `CAST(${quoteIdentifier(name)} AS VARCHAR)`;
    return Object.hasOwn(cast, name) ? `coalesce(${text}, CAST(${uncast(name)} AS VARCHAR))` : text;
  };
  const { whole, inside } = sortedMasks(stages, mask);
  for (const [name, documentMasks] of inside) {
    const { column } = stages.find(name)!;
    stages.touch([name]);
    const masked = `${await context.textFunction(documentMasker(documentMasks))}(${textOf(name)})`;
    const shown = filtered ? `CASE WHEN ${keep} IS NOT FALSE THEN ${masked} END` : masked;
    masks.push({ column, sql: () => `CAST(${shown} AS ${duckType(column.type)})`, ofText: undefined });
  }
  for (const [name, one] of whole) {
    const { column, from } = requireColumn(stages, name, ["mask", name]);
    const plain = sameText.has(column.type.kind);
    if (from === undefined && !plain) throw maskOfCast(name, column.type);
    if (plain) stages.touch([name]);
    else stages.touchAsText(name);
    const masked = await maskOf(one, context);
    const isCast = Object.hasOwn(cast, name);
    const isText = ["string", "json"].includes(column.type.kind) || !plain;
    const shown = textOf(name);
    const { native: _, ...facts } = column;
    masks.push({
      column: { ...facts, type: scalar("string"), nullable: column.nullable || one.type === "null" },
      sql: (bind) =>
        filtered ? `CASE WHEN ${keep} IS NOT FALSE THEN ${masked(shown, bind)} END` : masked(shown, bind),
      ofText:
        isCast || !isText || !worthAside.has(one.type) ? undefined : (bind) => masked(quoteIdentifier(name), bind),
    });
  }
  stages.mask(masks);
}

/** Masks that cost more than looking a text up, and are null for null only. */
const worthAside: ReadonlySet<Mask["type"]> = new Set(["sha256", "hmac_sha256", "tokenize"]);

/** The SQL of a mask over SQL that gives a text. */
async function maskOf(mask: Mask, context: CompileContext): Promise<(text: string, bind: BindBytes) => string> {
  if (mask.type !== "tokenize") return (text, bind) => maskSql(mask, text, bind);
  const name = await context.tokenizer(mask);
  return (text) => `${name}(${text})`;
}

interface SortedMasks {
  /** By column. */
  readonly whole: readonly [string, Mask][];
  /** By column: masks of what stands in its documents. */
  readonly inside: ReadonlyMap<string, readonly DocumentMask[]>;
}

/** @throws ConfigError `mask.path` for a path into something that is no JSON, or is masked as a whole */
function sortedMasks(stages: Stages, mask: Readonly<Record<string, Mask>>): SortedMasks {
  const whole: [string, Mask][] = [];
  const inside = new Map<string, DocumentMask[]>();
  for (const [name, one] of Object.entries(mask)) {
    const [first = "", ...keys] = name.split(".");
    const found = stages.find(name) === undefined && keys.length > 0 ? stages.find(first) : undefined;
    if (found === undefined) {
      whole.push([name, one]);
      continue;
    }
    const refuse = (message: string, hint: string) => {
      const option = { path: ["mask", name] };
      throw new ConfigError("mask.path", `mask.${name}: '${first}' ${message}`, { column: first, hint, option });
    };
    const { type } = found.column;
    if (type.kind !== "json") {
      refuse(`is ${formatType(type)}, and not json`, `where its text is JSON: cast: { ${first}: json }`);
    }
    if (Object.hasOwn(mask, first)) refuse("is masked as a whole", `leave out mask.${first} or mask.${name}`);
    const masks = inside.get(first) ?? [];
    inside.set(first, [...masks, { keys, mask: one }]);
  }
  return { whole, inside };
}

function maskOfCast(name: string, type: ColumnType): ConfigError {
  return new ConfigError("mask.type", `mask.${name}: a value cast to ${formatType(type)} cannot be masked`, {
    column: name,
    hint: "mask the column as it comes, without a cast",
    option: { path: ["mask", name] },
  });
}

interface ExpressionContext {
  readonly onError: Check["action"];
  readonly context: CompileContext;
}

async function appendFilter(
  stages: Stages,
  expression: ParsedExpression,
  { casts, onError, context }: ExpressionContext & { readonly casts: Map<string, Check> },
): Promise<void> {
  const type = await typeOf(stages, expression, context);
  if (type !== "BOOLEAN") throw invalid(expression, `it is ${type}, and not true or false`, undefined);
  // A value that could not be cast leaves its filter without an answer; other casts matter only to rows that stay.
  for (const [name, check] of casts) {
    if (!expression.names.some((one) => stages.resolve(one)?.column.name === name)) continue;
    stages.check(check);
    casts.delete(name);
  }
  stages.select(`*, TRY(coalesce(${expression.sql}, false)) AS ${keep}`);
  const reason = "the filter's expression raised an error";
  const condition = await compileCondition(expression.tree, { engine: context.engine, valuesOf: stages.valuesOf });
  const failed = condition && never;
  const out = condition && isNotTrue(condition);
  stages.check({ rule: "filter", action: onError, reason, counted: false, bad: `${keep} IS NULL`, wrong: failed });
  const bad = `NOT coalesce(${keep}, true)`;
  stages.check({ rule: "filter", action: "filter", reason: "", counted: false, bad, wrong: out });
}

async function appendDerived(stages: Stages, name: string, text: string, { onError, context }: ExpressionContext) {
  const expression = await parseExpression(context.engine, { text, option: ["derive", name] });
  const twin = stages.resolve(name);
  if (twin !== undefined && twin.column.name !== name) {
    throw invalid(expression, `it differs from the column '${twin.column.name}' by case only`, undefined);
  }
  const described = await typeOf(stages, expression, context);
  const made = quoteIdentifier("_sluice_made");
  const failed = quoteIdentifier(`_sluice_derive_${name}`);
  const value = castToLogical(expression.sql, described);
  // A record tells a value that is null from one that could not be worked out.
  const tried = `TRY(struct_pack(v := ${value}))`;
  const filtered = stages.checks.some(({ action }) => action === "filter");
  stages.select(`*, ${filtered ? `CASE WHEN ${keep} THEN ${tried} END` : tried} AS ${made}`);
  const gone = twin !== undefined && (twin.from === undefined || stages.touched.has(twin.from));
  const left = [made, ...(gone ? [quoteIdentifier(name)] : [])].join(", ");
  const missing = filtered ? `${keep} IS TRUE AND ${made} IS NULL` : `${made} IS NULL`;
  stages.select(
    `* EXCLUDE (${left}), struct_extract(${made}, 'v') AS ${quoteIdentifier(name)}, ${missing} AS ${failed}`,
  );
  stages.put({ name, type: logicalType(described), nullable: true });
  const reason = `the expression of '${name}' raised an error`;
  stages.check({ rule: `derive(${name})`, action: onError, reason, counted: false, bad: failed });
}

/** The type of an expression over the stages so far, as DuckDB writes it. */
export async function typeOf(stages: Stages, expression: ParsedExpression, context: CompileContext): Promise<string> {
  stages.touch(expression.names);
  const { sql: relation, parameters } = stages.statement(stages.nullRow());
  const names = stages.columns.map(({ column }) => column.name);
  return describeExpression(context.engine, expression, { relation, columns: names, parameters });
}

/** @throws ConfigError `stream.no_column` */
export function requireColumn(
  stages: Pick<Stages, "find" | "columns">,
  name: string,
  option: readonly (string | number)[],
): StageColumn {
  const found = stages.find(name);
  if (found !== undefined) return found;
  const names = stages.columns.map(({ column }: { column: Column }) => column.name);
  const near = nearest(name, names);
  throw new ConfigError("stream.no_column", `${option.join(".")}: there is no column '${name}'`, {
    column: name,
    hint: near === undefined ? `the columns are ${names.join(", ")}` : `did you mean '${near}'?`,
    option: { path: option },
  });
}
