import pg from "pg";
import type { Column } from "../../sdk/schema/stream.js";
import type { CanonicalRow, TableToRead } from "../../sdk/testing/index.js";
import { canonicalize } from "./canonical-text.js";

/** A table of a PostgreSQL database by the server's own text; undefined where there is none. */
export async function readPostgresTable(
  url: string,
  { schema, table, columns }: TableToRead,
): Promise<CanonicalRow[] | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const quoted = `${client.escapeIdentifier(schema ?? "public")}.${client.escapeIdentifier(table)}`;
    const { rows: found } = await client.query("select to_regclass($1) is not null as there", [quoted]);
    if (!found[0].there) return undefined;
    await client.query(
      "set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'; set extra_float_digits = 3",
    );
    const list = columns.map((column, i) => `${textOf(column, client.escapeIdentifier(column.name))} as c${i}`);
    const { rows } = await client.query(`select ${list.join(", ")} from ${quoted}`);
    return canonicalize(
      columns,
      rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[`c${i}`]]))),
    );
  } finally {
    await client.end();
  }
}

function textOf({ type }: Column, value: string): string {
  return type.kind === "list" && type.item.kind !== "list" ? `array_to_json(${value}::text[])::text` : `${value}::text`;
}

/** The schemas, tables and other relations of a database that are not the system's. */
export async function listPostgres(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    `select format('%s.%s', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     union all select nspname from pg_namespace where nspname !~ '^pg_' order by 1`,
  );
  await client.end();
  return rows.map(({ name }) => String(name));
}
