import {
  type ColumnType,
  decimal,
  list,
  maxDecimalPrecision,
  type ScalarKind,
  scalar,
} from "../../schema/column-type.js";
import type { Column } from "../../schema/stream.js";

/** A column's type as the catalog has it, domains resolved to their base type. */
export interface CatalogType {
  readonly oid: number;
  /** The type's modifier, -1 for none; an array's holds for its elements. */
  readonly typmod: number;
  /** The element type of a true array (not oidvector and its like); 0 for every other type. */
  readonly elementOid: number;
}

/**
 * How values of a type leave the server: in their binary form, as the server's text (`::text`), or as an array of such
 * texts (`::text[]`).
 */
export type Transfer = "binary" | "text" | "text_array";

export interface TypeMapping {
  readonly type: ColumnType;
  readonly transfer: Transfer;
}

/** Oids of the types that are read in binary form (https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/catalog/pg_type.dat). */
export const typeOid = {
  boolean: 16,
  bytea: 17,
  name: 19,
  bigint: 20,
  smallint: 21,
  integer: 23,
  text: 25,
  oid: 26,
  json: 114,
  real: 700,
  double: 701,
  character: 1042,
  varchar: 1043,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  uuid: 2950,
  jsonb: 3802,
} as const;

const kinds: ReadonlyMap<number, ScalarKind> = new Map([
  [typeOid.boolean, "boolean"],
  [typeOid.bytea, "binary"],
  [typeOid.name, "string"],
  [typeOid.bigint, "int64"],
  [typeOid.smallint, "int16"],
  [typeOid.integer, "int32"],
  [typeOid.text, "string"],
  [typeOid.oid, "int64"],
  [typeOid.json, "json"],
  [typeOid.real, "float32"],
  [typeOid.double, "float64"],
  [typeOid.character, "string"],
  [typeOid.varchar, "string"],
  [typeOid.date, "date"],
  [typeOid.time, "time"],
  [typeOid.timestamp, "datetime"],
  [typeOid.timestamptz, "timestamp"],
  [typeOid.uuid, "uuid"],
  [typeOid.jsonb, "json"],
]);

/**
 * The logical type of a Postgres type, and how its values are read. What has no logical type of its own (interval, inet,
 * enums, ranges, composite types, numerics without a precision or with more than 38 digits, …) is `string` with exactly
 * the text that the server writes. Arrays are lists, or with `arrays: "text"` their text.
 */
export function typeMapping(type: CatalogType, arrays: "list" | "text" = "list"): TypeMapping {
  if (type.elementOid === 0) return scalarMapping(type);
  if (arrays === "text") return { type: scalar("string"), transfer: "text" };
  const item = scalarMapping({ oid: type.elementOid, typmod: type.typmod, elementOid: 0 });
  return { type: list(item.type), transfer: item.transfer === "binary" ? "binary" : "text_array" };
}

function scalarMapping(type: CatalogType): TypeMapping {
  if (type.oid === typeOid.numeric) {
    const number = decimalType(type.typmod);
    return number === undefined ? { type: scalar("string"), transfer: "text" } : { type: number, transfer: "binary" };
  }
  const kind = kinds.get(type.oid);
  return kind === undefined ? { type: scalar("string"), transfer: "text" } : { type: scalar(kind), transfer: "binary" };
}

/**
 * numeric(precision, scale) of a modifier, undefined where 38 digits do not hold it. The scale may be negative or beyond
 * the precision since Postgres 15 (numeric_typmod_scale in src/backend/utils/adt/numeric.c).
 */
function decimalType(typmod: number): ColumnType | undefined {
  if (typmod < 4) return undefined;
  const precision = ((typmod - 4) >> 16) & 0xffff;
  const scale = (((typmod - 4) & 0x7ff) ^ 1024) - 1024;
  const digits = Math.max(precision - Math.min(scale, 0), scale);
  return digits > maxDecimalPrecision ? undefined : decimal(digits, Math.max(scale, 0));
}

/** The Postgres type that holds every value of a logical type, as DDL writes it; its binary form is that of `typeMapping`. */
export function postgresType(type: ColumnType): string {
  switch (type.kind) {
    case "decimal":
      return `numeric(${type.precision},${type.scale})`;
    case "list":
      return `${postgresType(type.item)}[]`;
    default:
      return scalarNames[type.kind];
  }
}

const scalarNames: Readonly<Record<ScalarKind, string>> = {
  boolean: "boolean",
  int16: "smallint",
  int32: "integer",
  int64: "bigint",
  float32: "real",
  float64: "double precision",
  string: "text",
  binary: "bytea",
  date: "date",
  time: "time without time zone",
  timestamp: "timestamp with time zone",
  datetime: "timestamp without time zone",
  uuid: "uuid",
  json: "json",
};

/** Types that every Postgres has, as format_type writes them: only what matches may stand in DDL. */
const builtInType =
  /^(?:boolean|bytea|name|oid|smallint|integer|bigint|real|double precision|text|json|jsonb|jsonpath|xml|uuid|money|date|inet|cidr|macaddr|macaddr8|tsvector|tsquery|point|line|lseg|box|path|polygon|circle|pg_lsn|(?:int4|int8|num|ts|tstz|date)(?:multi)?range|numeric(?:\(\d+,-?\d+\))?|character(?: varying)?(?:\(\d+\))?|bit(?: varying)?(?:\(\d+\))?|(?:time|timestamp)(?:\(\d\))? with(?:out)? time zone|interval(?: [a-z ]+)?(?:\(\d\))?)(?:\[\])?$/;

/**
 * The type a Postgres destination gives a column: the declared one where the column comes from Postgres and every server
 * has that type, otherwise `postgresType`. Where the two differ, values arrive as `postgresType` and need a cast.
 */
export function restoredType(column: Pick<Column, "type" | "native">): string {
  const { native } = column;
  return native?.system === "postgres" && builtInType.test(native.type) ? native.type : postgresType(column.type);
}
