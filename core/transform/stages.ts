import { type ColumnType, scalar } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import type { SqlValue } from "../../sdk/sql/duckdb/statement.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import type { Check } from "./check.js";
import type { Values } from "./condition.js";

/** A column that the stages have made so far. */
export interface StageColumn {
  readonly column: Column;
  /** The source column whose values it has, unchanged; undefined where it was made. */
  readonly from: number | undefined;
  /** The source column whose masked values it has. */
  readonly maskOf?: number;
  /** Its values, where the engine is not needed for them. */
  readonly values?: Values;
  /** SQL of its values over one that gives their texts, where each depends on its text only. */
  readonly ofText?: BoundSql;
}

/** SQL that is given values, and refers to them by what `bind` returns. */
export type BoundSql = (bind: (value: SqlValue) => string) => string;

/** A SELECT and the values of its parameters. */
export interface BoundStatement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** A mask of a column: SQL that takes its place. */
export interface StageMask {
  readonly column: Column;
  readonly sql: BoundSql;
  readonly ofText: BoundSql | undefined;
}

/** A SELECT that grows stage by stage over the rows of a batch, one row in and one row out. */
export interface Stages {
  /** The output names of the source's columns. */
  readonly names: readonly string[];
  readonly columns: readonly StageColumn[];
  /** Source columns whose values may not show. */
  readonly masked: ReadonlySet<number>;
  readonly checks: readonly Check[];
  /** Source columns, by number, whose values the SELECT needs, and the types they come in: their own, or text. */
  readonly touched: ReadonlyMap<number, ColumnType>;
  /** The SELECT over a relation that has the touched columns under their output names; without the masks of `aside`. */
  statement(relation: string, aside?: ReadonlySet<StageColumn>): BoundStatement;
  /** Masked columns that no later stage looks at: they may be made of their texts, beside the SELECT. */
  masksAside(): ReadonlySet<StageColumn>;
  find(name: string): StageColumn | undefined;
  /** The column that a name in SQL means, where it is one. */
  resolve(name: string): StageColumn | undefined;
  /** Says that these names are read, as far as they are columns. */
  touch(names: readonly string[]): void;
  /** Says that a source column is read as its canonical text. */
  touchAsText(name: string): void;
  /** A relation of one row without values, over which the SELECT may be tried. */
  nullRow(): string;
  /** Appends a stage: `items` of a SELECT over the stage before. */
  select(items: string): void;
  /** The values of the column that a name in SQL means, where they are there without the engine. */
  valuesOf(name: string): Values | undefined;
  /** Replaces a column's values by what a stage under its name now has, or adds the column. */
  put(column: Column, values?: Values): void;
  /** Appends a stage that masks columns. */
  mask(masks: readonly StageMask[]): void;
  /** Leaves these columns, in this order. */
  keepOnly(columns: readonly StageColumn[]): void;
  check(check: Check): void;
}

/** Stages over columns as they come from the source, under their output names. */
export function newStages(columns: readonly Column[]): Stages {
  const live: StageColumn[] = columns.map((column, from) => ({ column, from }));
  const selects: (string | readonly StageMask[])[] = [];
  const checks: Check[] = [];
  const touched = new Map<number, ColumnType>();
  const masked = new Set<number>();
  /** Those of them whose masks are looked at by a later stage. */
  const shown = new Set<number>();

  const find = (name: string) => live.find(({ column }) => column.name === name);
  function resolve(name: string): StageColumn | undefined {
    return find(name) ?? live.find(({ column }) => column.name.toLowerCase() === name.toLowerCase());
  }

  function put(made: StageColumn): void {
    const at = live.findIndex((one) => one.column.name === made.column.name);
    const before = live[at];
    if (before?.maskOf !== undefined) shown.add(before.maskOf);
    if (at < 0) live.push(made);
    else live[at] = made;
  }

  return {
    names: columns.map(({ name }) => name),
    columns: live,
    masked,
    checks,
    touched,
    find,
    resolve,
    statement(relation, aside = new Set()) {
      const parameters: SqlValue[] = [];
      const bind = (value: SqlValue) => `$${parameters.push(value)}`;
      const names = new Set([...aside].map(({ column }) => column.name));
      const sql = selects.reduce<string>((from, stage) => {
        const items = typeof stage === "string" ? stage : replaced(stage, names, bind);
        return items === undefined ? from : `SELECT ${items} FROM (${from})`;
      }, `SELECT * FROM ${relation}`);
      return { sql, parameters };
    },
    masksAside: () =>
      new Set(live.filter(({ maskOf, ofText }) => maskOf !== undefined && ofText !== undefined && !shown.has(maskOf))),
    touch(names) {
      for (const name of names) {
        const found = resolve(name);
        if (found?.from !== undefined) touched.set(found.from, found.column.type);
        if (found?.maskOf !== undefined) shown.add(found.maskOf);
      }
    },
    touchAsText(name) {
      const from = find(name)?.from;
      if (from !== undefined) touched.set(from, scalar("string"));
    },
    nullRow() {
      const items = [...touched].map(
        ([from, type]) => `CAST(NULL AS ${duckType(type)}) AS ${quoteIdentifier(columns[from]!.name)}`,
      );
      return `(SELECT ${items.length === 0 ? "1 AS _sluice_none" : items.join(", ")})`;
    },
    select(items) {
      selects.push(items);
    },
    valuesOf(name) {
      const found = resolve(name);
      const from = found?.from;
      return from === undefined ? found?.values : { type: columns[from]!.type, of: ({ vectors }) => vectors[from]! };
    },
    put: (column, values) => put({ column, from: undefined, ...(values && { values }) }),
    mask(masks) {
      if (masks.length > 0) selects.push(masks);
      for (const { column, ofText } of masks) {
        const maskOf = columns.findIndex(({ name }) => name === column.name);
        masked.add(maskOf);
        put({ column, from: undefined, maskOf, ...(ofText && { ofText }) });
      }
    },
    keepOnly(kept) {
      for (const { maskOf } of live.filter((one) => !kept.includes(one))) if (maskOf !== undefined) shown.add(maskOf);
      live.splice(0, live.length, ...kept);
    },
    check(check) {
      checks.push(check);
    },
  };
}

function replaced(
  masks: readonly StageMask[],
  without: ReadonlySet<string>,
  bind: (value: SqlValue) => string,
): string | undefined {
  const items = masks
    .filter(({ column }) => !without.has(column.name))
    .map(({ column, sql }) => `${sql(bind)} AS ${quoteIdentifier(column.name)}`);
  return items.length === 0 ? undefined : `* REPLACE (${items.join(", ")})`;
}
