import { ConfigError } from "../../sdk/errors.js";
import { type ColumnType, formatType, sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteIdentifier } from "../../sdk/sql/postgres/identifiers.js";
import { postgresType, restoredType } from "../../sdk/sql/postgres/types.js";

/** The type that a column should have: the declared one of a Postgres source; a list of lists is JSON. */
export function wantedType(column: Column): string {
  return isNested(column.type) ? "json" : restoredType(column);
}

/** How one column gets into its table. */
export interface ColumnPlan {
  readonly column: Column;
  /** The type it has in the table. */
  readonly type: string;
  /** The type that COPY writes; where it is not `type`, rows go through a stage and are cast. */
  readonly copyType: string;
  /** The table has the column in a shorter form of `type`, e.g. varchar(10), and must be altered first. */
  readonly lengthen: boolean;
}

/** The plan of a column that Sluice creates. */
export function newColumnPlan(column: Column): ColumnPlan {
  return planFor(column, wantedType(column));
}

/**
 * The plan of a column that is there.
 * @throws ConfigError `target.type_mismatch` unless it holds every value of the column that comes
 */
export function existingColumnPlan(column: Column, existing: Column, table: string): ColumnPlan {
  const type = existing.native?.type ?? postgresType(existing.type);
  const wanted = wantedType(column);
  if (type === wanted || type === postgresType(column.type)) return planFor(column, type);
  const isPadded = type.startsWith("character(");
  if (existing.type.kind !== "decimal" && modifier(type) < modifier(wanted)) {
    const isLonger = sameType(existing.type, column.type) && isPadded === wanted.startsWith("character(");
    if (isLonger) return { ...planFor(column, wanted), lengthen: true };
  } else if (!isPadded && holds(existing.type, column.type)) {
    return planFor(column, type);
  }
  throw new ConfigError(
    "target.type_mismatch",
    `table ${table} has column '${column.name}' as ${type}, but ${wanted} (${formatType(column.type)}) comes`,
    {
      column: column.name,
      hint: `change the column's type, cast it with \`cast: { ${column.name}: … }\`, or name another table with \`table:\``,
    },
  );
}

/** The type in which COPY takes a column, `existing` or new; where the table cannot hold it, the plan will say so. */
export function copyType(column: Column, existing: Column | undefined): string {
  if (existing === undefined || !sameType(existing.type, column.type)) return newColumnPlan(column).copyType;
  return planFor(column, existing.native?.type ?? postgresType(existing.type)).copyType;
}

/** What a cast column's values are in a SELECT from the stage. */
export function castExpression({ column, type, copyType }: ColumnPlan): string {
  const name = quoteIdentifier(column.name);
  return type === copyType ? name : `${name}::${type}`;
}

function planFor(column: Column, type: string): ColumnPlan {
  return { column, type, copyType: takes(type, column.type) ? type : postgresType(column.type), lengthen: false };
}

/** The length or precision that a type is limited to: 44 of varchar(44). */
function modifier(type: string): number {
  return Number(/\((\d+)/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY);
}

/** Logical kinds whose binary form a Postgres type takes, whatever its modifier. */
const taken: Readonly<Record<string, readonly ColumnType["kind"][]>> = {
  boolean: ["boolean"],
  smallint: ["int16"],
  integer: ["int32"],
  bigint: ["int64"],
  real: ["float32"],
  "double precision": ["float64"],
  numeric: ["decimal", "string"],
  text: ["string"],
  "character varying": ["string"],
  character: ["string"],
  name: ["string"],
  bytea: ["binary"],
  date: ["date"],
  "time without time zone": ["time"],
  "timestamp with time zone": ["timestamp"],
  "timestamp without time zone": ["datetime"],
  uuid: ["uuid"],
  json: ["json"],
  jsonb: ["json"],
};

function isNested(type: ColumnType): boolean {
  return type.kind === "list" && type.item.kind === "list";
}

function takes(postgres: string, type: ColumnType): boolean {
  if (isNested(type)) return /^jsonb?$/.test(postgres);
  if (type.kind === "list") return postgres.endsWith("[]") && takes(postgres.slice(0, -2), type.item);
  return taken[postgres.replace(/\(.*?\)/, "")]?.includes(type.kind) ?? false;
}

/** Whether a column of type `held` in a table keeps every value of `type` exactly. */
function holds(held: ColumnType, type: ColumnType): boolean {
  if (sameType(held, type)) return true;
  if (held.kind === "list" || type.kind === "list") {
    return held.kind === "list" && type.kind === "list" && holds(held.item, type.item);
  }
  const integers = ["int16", "int32", "int64"];
  const digits = { int16: 5, int32: 10, int64: 19 };
  if (integers.includes(type.kind) && integers.includes(held.kind)) {
    return integers.indexOf(held.kind) >= integers.indexOf(type.kind);
  }
  if (held.kind === "decimal" && type.kind === "decimal") {
    return held.scale >= type.scale && held.precision - held.scale >= type.precision - type.scale;
  }
  if (held.kind === "decimal" && (type.kind === "int16" || type.kind === "int32" || type.kind === "int64")) {
    return held.precision - held.scale >= digits[type.kind];
  }
  if (held.kind === "float64") return type.kind === "float32" || type.kind === "int16" || type.kind === "int32";
  return held.kind === "string" && type.kind !== "binary";
}
