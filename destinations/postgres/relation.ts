import { ConfigError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import { quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { tableColumns } from "../../sdk/sql/postgres/table-columns.js";
import type { Session } from "./session.js";

/** A table's name in two parts. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** A table as it stands. */
export interface Relation {
  readonly oid: number;
  readonly columns: readonly Column[];
}

/**
 * The table of a name, undefined where there is none.
 * @throws ConfigError `target.not_a_table` for a view or another relation of that name
 */
export async function findTable(session: Session, table: TableName): Promise<Relation | undefined> {
  const [found] = await session.rows<{ oid: string; kind: string }>(
    `select c.oid, c.relkind as kind from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2`,
    [table.schema, table.name],
  );
  if (found === undefined) return undefined;
  if (found.kind !== "r" && found.kind !== "p") {
    throw new ConfigError("target.not_a_table", `${quoteTable(table)} is there and is not a table`, {
      hint: "name another table with `table:`, or drop it",
    });
  }
  const oid = Number(found.oid);
  const columns = (await tableColumns(session.client, [oid])).get(oid) ?? [];
  return { oid, columns };
}
