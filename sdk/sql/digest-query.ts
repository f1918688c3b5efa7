import type { BucketDigest, DigestRequest, RowDigest } from "../digest.js";
import type { Json } from "../json.js";
import type { ColumnType } from "../schema/column-type.js";
import type { Column } from "../schema/stream.js";

/** How a dialect says the parts of a digest: see `DigestRequest`. */
export interface DigestDialect {
  /** The length of a text in bytes of UTF-8. */
  byteLength(text: string): string;
  /** The canonical text of a value, given as an expression, compared as `type`; null for a null. */
  canonicalText(expression: string, type: ColumnType): string;
  /** The first 15 hexadecimal digits of a digest as a number that can be added up. */
  number(digest: string): string;
  literal(text: string): string;
}

/** A value's part of a row text: see `DigestRequest`. Only a text that may hold anything tells its length first. */
export function fieldText(dialect: Pick<DigestDialect, "byteLength">, text: string, type: ColumnType): string {
  const isFree = type.kind === "string" || type.kind === "json" || type.kind === "list";
  return isFree
    ? `coalesce(${dialect.byteLength(text)} || ':' || (${text}) || ',', '~,')`
    : `coalesce(${text} || ',', '~,')`;
}

/** Where the rows are from. */
export interface DigestRelation {
  /** What stands behind FROM, alias included. */
  readonly from: string;
  readonly conditions: readonly string[];
  /** A column's value as an expression. */
  value(column: Column): string;
}

export interface DigestQuery {
  readonly dialect: DigestDialect;
  readonly relation: DigestRelation;
  readonly request: DigestRequest;
}

/** The statement of `Digests.buckets`; `toBucketDigest` reads its rows. */
export function bucketQuery(query: DigestQuery): string {
  const { dialect, request } = query;
  const { cursor, digits } = request;
  const greatest = cursor === undefined ? "null" : dialect.canonicalText("max(sluice_cursor)", cursor.type);
  return `select substr(sluice_key, 1, ${digits}) as sluice_bucket, count(*) as sluice_rows,
      sum(${dialect.number("sluice_digest")}) as sluice_sum, ${greatest} as sluice_greatest
    from (${digested(query, [])}) as digested ${inBuckets(query)} group by 1`;
}

export function toBucketDigest([bucket, rows, digest, cursor]: readonly Json[]): BucketDigest {
  return { bucket: String(bucket), rows: Number(rows), digest: String(digest), cursor: textOf(cursor) };
}

/** The statement of `Digests.rows`; `toRowDigest` reads its rows. */
export function rowQuery(query: DigestQuery): string {
  const { dialect, request } = query;
  const names = request.key.map((_, i) => `sluice_key_${i}`);
  const cursor = request.cursor === undefined ? "null" : dialect.canonicalText("sluice_cursor", request.cursor.type);
  return `select sluice_digest, ${cursor} as sluice_cursor_text, ${names.join(", ")}
    from (${digested(query, names)}) as digested ${inBuckets(query)}`;
}

export function toRowDigest([digest, cursor, ...key]: readonly Json[]): RowDigest {
  return { digest: String(digest), cursor: textOf(cursor), key: key.map(textOf) };
}

function digested({ dialect, relation, request }: DigestQuery, keyNames: readonly string[]): string {
  const text = (column: Column) => dialect.canonicalText(relation.value(column), column.type);
  const rowOf = (columns: readonly Column[]) =>
    columns.map((column) => fieldText(dialect, text(column), column.type)).join(" || ");
  const { key, columns, cursor, bucketBy = key.length } = request;
  const conditions = relation.conditions.map((condition) => `(${condition})`).join(" and ");
  const values = [
    `md5(${rowOf(key.slice(0, bucketBy))}) as sluice_key`,
    `md5(${rowOf(columns)}) as sluice_digest`,
    ...(cursor === undefined ? [] : [`${relation.value(cursor)} as sluice_cursor`]),
    ...keyNames.map((name, i) => `${text(key[i]!)} as ${name}`),
  ];
  return `select ${values.join(", ")} from ${relation.from}${conditions === "" ? "" : ` where ${conditions}`}`;
}

function inBuckets({ dialect, request: { digits, buckets } }: DigestQuery): string {
  if (buckets === undefined) return "";
  if (buckets.length === 0) return "where false";
  return `where substr(sluice_key, 1, ${digits}) in (${buckets.map(dialect.literal).join(", ")})`;
}

function textOf(value: Json | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
