import { valueText } from "../../sdk/batch/value-text.js";
import { ConfigError } from "../../sdk/errors.js";
import type { PostgresClient } from "../../sdk/sql/postgres/connect.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/postgres/identifiers.js";
import type { CatalogColumn } from "../../sdk/sql/postgres/table-columns.js";
import { postgresType } from "../../sdk/sql/postgres/types.js";
import type { ReadSession } from "./read-session.js";
import { findColumn, rowAlias } from "./select.js";

/** The column that says what is new. */
export interface Cursor {
  readonly column: CatalogColumn;
  /** Its name in SQL. */
  readonly sql: string;
  /** A condition that holds for values that can be a bound: infinity would end all reading. */
  readonly finite: string;
  /**
   * How far before the bound a row may lie though it is written later, on a server with no open transaction: clocks differ,
   * and numbers are handed out ahead. In milliseconds for times.
   */
  readonly slack: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const times = new Set(["date", "timestamp", "datetime"]);
const floats = new Set(["float32", "float64"]);
const numbers = new Set(["int16", "int32", "int64", "decimal", ...floats]);

/** @throws ConfigError for a column that has no useful order, or none at all */
export function findCursor({ request, relation }: ReadSession): Cursor {
  const { stream } = relation;
  const name = request.cursorField;
  if (name === undefined) {
    throw new ConfigError("postgres.cursor_missing", `${stream}: an incremental read needs a cursor`, {
      hint: "set cursor to a column that grows with every change, e.g. updated_at",
      stream,
    });
  }
  const column = findColumn(relation, name);
  const { kind } = column.type;
  if (["boolean", "json", "binary", "list"].includes(kind) || column.transfer !== "binary") {
    throw new ConfigError("postgres.cursor_unfit", `${stream}: ${name} (${column.native.type}) cannot be a cursor`, {
      hint: `use a time or a number${request.stream.cursorFields.length === 0 ? "" : `: ${request.stream.cursorFields.join(", ")}`}`,
      stream,
      column: name,
    });
  }
  const sql = quoteIdentifier(name);
  const finite = times.has(kind)
    ? `isfinite(${sql})`
    : floats.has(kind)
      ? `${sql} < 'Infinity' and ${sql} > '-Infinity'`
      : `${sql} is not null`;
  const slack = kind === "date" ? dayMs : times.has(kind) ? hourMs : numbers.has(kind) ? 100_000 : 0;
  return { column, sql, finite, slack };
}

/**
 * A bound as SQL of the cursor's type, moved back by `lookback` (milliseconds for times, else a number).
 * @throws ConfigError where the type knows no way back
 */
export function boundSql({ column }: Cursor, bound: string, lookback: number | undefined, stream: string): string {
  const { kind } = column.type;
  const literal = `${quoteLiteral(bound)}::${postgresType(column.type)}`;
  if (lookback === undefined || lookback === 0) return literal;
  if (times.has(kind)) return `(${literal} - ${lookback} * interval '1 millisecond')`;
  if (numbers.has(kind)) return `(${literal} - ${lookback})`;
  throw new ConfigError("postgres.lookback_unfit", `${stream}: there is no lookback over ${column.native.type}`, {
    hint: "leave lookback out, or use a time or a number as cursor",
    stream,
    column: column.name,
  });
}

/** Whether a valid B-tree begins with the cursor. */
export async function cursorIsIndexed({ client, relation }: ReadSession, { column }: Cursor): Promise<boolean> {
  if (relation.oid === undefined || column.id === undefined) return false;
  const { rows } = await client.query(
    `select 1 from pg_catalog.pg_index i
     join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_am m on m.oid = c.relam
     where i.indrelid = $1 and i.indkey[0] = $2 and i.indisvalid and i.indpred is null and m.amname = 'btree' limit 1`,
    [relation.oid, column.id.split(".")[1]],
  );
  return rows.length > 0;
}

/** The greatest finite value that the snapshot has within the filter, in the server's text. */
export async function greatestInTable(
  { client, relation, filter }: ReadSession,
  cursor: Cursor,
): Promise<string | null> {
  const where = [cursor.finite, ...filter].map((condition) => `(${condition})`).join(" and ");
  const { rows } = await client.query<{ bound: string }>(
    `select ${cursor.sql}::text as bound from ${relation.from} ${rowAlias} where ${where} order by ${cursor.sql} desc limit 1`,
  );
  return rows[0]?.bound ?? null;
}

/** The later of a saved bound and a number as the batches have it (days, microseconds, units), in the server's text. */
export async function laterBound(
  client: PostgresClient,
  { column }: Cursor,
  saved: string | null,
  greatest: bigint | undefined,
): Promise<string | null> {
  if (greatest === undefined) return saved;
  const type = postgresType(column.type);
  const candidates = [saved, numberText(column, greatest)].filter((text) => text !== null);
  const values = candidates.map((text) => `${quoteLiteral(text)}::${type}`);
  const { rows } = await client.query<{ bound: string }>(`select greatest(${values.join(", ")})::text as bound`);
  return rows[0]!.bound;
}

function numberText({ type }: CatalogColumn, value: bigint): string {
  const words = new DataView(new ArrayBuffer(8));
  words.setBigInt64(0, value, true);
  const vector = { layout: "fixed", width: 8, data: new Uint8Array(words.buffer), validity: undefined } as const;
  return valueText(vector, type, 0);
}
