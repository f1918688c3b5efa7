import { type ColumnType, formatType, maxDecimalPrecision } from "../../sdk/schema/column-type.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import type { Fit, Misfit } from "../schema/fit.js";
import { type Condition, isNullIn } from "./condition.js";
import type { Stages } from "./stages.js";

/**
 * Appends what the table's columns make of the rows: values cast to a narrower type, and rows that carry what it does not take.
 * @param table a child's, for the names of the rules
 */
export function appendFits(stages: Stages, fits: readonly Fit[], table?: string): void {
  const called = (name: string) => (table === undefined ? name : `${table}.${name}`);
  const columns = stages.columns.map(({ column }) => column);
  for (const [i, { value, nulls }] of fits.entries()) {
    const { name, type } = columns[i]!;
    const column = quoteIdentifier(name);
    if (value.type === "cast") {
      appendCast(stages, name, { called: called(name), from: type, to: value.to, misfit: value.misfit });
    }
    if (value.type === "leave_out" && value.carrying !== "drop") {
      stages.touch([name]);
      const reason = `'${called(name)}' is no column of the table`;
      stages.check({ ...misfitCheck("columns", called(name), value.carrying), reason, bad: `${column} IS NOT NULL` });
    }
    if (nulls !== "allowed") {
      stages.touch([name]);
      stages.check({
        ...misfitCheck("nullability", called(name), nulls),
        reason: `'${called(name)}' is null`,
        bad: `${column} IS NULL`,
        wrong: nullsOf(stages, name),
      });
    }
  }
}

function nullsOf(stages: Stages, name: string): Condition | undefined {
  const values = stages.valuesOf(name);
  return values && isNullIn(values);
}

function misfitCheck(entity: string, name: string, action: Exclude<Misfit, "null">) {
  return { rule: `drift.${entity}(${name})`, action, counted: false };
}

interface NarrowCast {
  /** The column in messages. */
  readonly called: string;
  readonly from: ColumnType;
  readonly to: ColumnType;
  readonly misfit: Misfit;
}

function appendCast(stages: Stages, name: string, { called, from, to, misfit }: NarrowCast): void {
  stages.touch([name]);
  const column = quoteIdentifier(name);
  const failed = quoteIdentifier(`_sluice_misfit_${name}`);
  const cast = `TRY_CAST(${column} AS ${duckType(to)})`;
  const fits = `coalesce(${keepsValue(column, cast, from, to)}, false)`;
  stages.select(
    `* REPLACE (CASE WHEN ${fits} THEN ${cast} END AS ${column}), ${column} IS NOT NULL AND NOT ${fits} AS ${failed}`,
  );
  stages.put({ ...stages.find(name)!.column, type: to, nullable: true });
  if (misfit === "null") return;
  const reason = `'${called}' does not fit ${formatType(to)}`;
  stages.check({ ...misfitCheck("types", called, misfit), reason, bad: failed });
}

const numbers: Readonly<Record<string, number>> = { int16: 5, int32: 10, int64: 19 };

/** SQL, true where a cast value is the same value still: DuckDB's casts round, and cut off a time of day. */
function keepsValue(value: string, cast: string, from: ColumnType, to: ColumnType): string {
  if (to.kind === "string" || to.kind === "json") return `${cast} IS NOT NULL`;
  if (from.kind !== "string") return `TRY_CAST(${cast} AS ${duckType(from)}) = ${value}`;
  const whole = to.kind === "decimal" ? to.precision - to.scale : numbers[to.kind];
  if (whole === undefined) return `${cast} IS NOT NULL`;
  // Text of a number may be written in many ways: it is compared as a number with every digit there is room for.
  return `TRY_CAST(${value} AS DECIMAL(${maxDecimalPrecision},${maxDecimalPrecision - whole})) = ${cast}`;
}
