import type { Target } from "../../sdk/destination.js";
import { DataError } from "../../sdk/errors.js";
import { quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { dropOlderVersions } from "./deduplicate.js";
import type { TableName } from "./relation.js";
import type { Session } from "./session.js";
import { nameList } from "./tables.js";

/**
 * Declares the primary key of a table that one load has just filled. Only where keys come twice are older versions
 * looked for, which takes a sort. Returns how many rows went.
 */
export async function addPrimaryKey(session: Session, table: TableName, target: Target): Promise<number> {
  const declare = `alter table ${quoteTable(table)} add primary key (${nameList(target.primaryKey)})`;
  await session.run("savepoint primary_key");
  try {
    await session.run(declare);
    return 0;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    await session.run("rollback to savepoint primary_key");
    const deduplicated = await dropOlderVersions(session, quoteTable(table), target);
    await session.run(declare);
    return deduplicated;
  }
}

/**
 * Makes sure that a table's key is unique, which merging needs.
 * @throws DataError `key.duplicate` where a table that others made has a key twice
 */
export async function ensureUnique(session: Session, table: TableName, keys: readonly string[]): Promise<void> {
  const [unique] = await session.rows<{ found: string }>(
    `select exists(
       select from pg_catalog.pg_index i
       where i.indrelid = $1::regclass and i.indisunique and i.indimmediate and i.indisvalid and i.indpred is null and i.indexprs is null
         and i.indnkeyatts = $3
         and (select array_agg(a.attname::text order by a.attname::text collate "C") from pg_catalog.pg_attribute a
              where a.attrelid = i.indrelid and a.attnum = any((i.indkey::int2[])[0:i.indnkeyatts - 1]))
             = (select array_agg(key order by key collate "C") from unnest($2::text[]) key)) as found`,
    [quoteTable(table), textArray(keys), keys.length],
  );
  if (unique?.found === "t") return;
  try {
    await session.run(`create unique index on ${quoteTable(table)} (${nameList(keys)})`);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new DataError(
      "key.duplicate",
      `table ${quoteTable(table)} has a key (${keys.join(", ")}) twice: ${error.message}`,
      {
        cause: error,
        hint: "remove the older rows, or choose another primary_key",
      },
    );
  }
}

/** Makes sure that rows can be found by these columns, in whatever order an index has them. */
export async function ensureIndex(session: Session, table: TableName, columns: readonly string[]): Promise<void> {
  const [index] = await session.rows<{ found: string }>(
    `select exists(
       select from pg_catalog.pg_index i
       where i.indrelid = $1::regclass and i.indisvalid and i.indpred is null
         and (select array_agg(a.attname::text order by a.attname::text collate "C") from pg_catalog.pg_attribute a
              where a.attrelid = i.indrelid and a.attnum = any((i.indkey::int2[])[0:$3 - 1]))
             = (select array_agg(key order by key collate "C") from unnest($2::text[]) key)) as found`,
    [quoteTable(table), textArray(columns), columns.length],
  );
  if (index?.found !== "t") await session.run(`create index on ${quoteTable(table)} (${nameList(columns)})`);
}

/** An array of texts as a parameter of type text[]. */
export function textArray(values: readonly (string | null)[]): string {
  const quoted = (value: string) => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  return `{${values.map((value) => (value === null ? "NULL" : quoted(value))).join(",")}}`;
}

function isDuplicate(error: unknown): error is DataError {
  const cause = error instanceof DataError ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "23505";
}
