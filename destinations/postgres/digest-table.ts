import { ConfigError } from "../../sdk/errors.js";
import { quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { tableColumns } from "../../sdk/sql/postgres/table-columns.js";
import { textExpression } from "../../sdk/sql/postgres/transfer-expression.js";
import type { DigestTable } from "../../sdk/sql/table-digests.js";
import { findTable, type TableName } from "./relation.js";
import type { Session } from "./session.js";

/**
 * A table as its digests are asked for.
 * @throws ConfigError `target.table_missing` or `target.column_missing`
 */
export async function findDigestTable(session: Session, table: TableName): Promise<DigestTable> {
  const from = quoteTable(table);
  const relation = await findTable(session, table);
  if (relation === undefined) {
    throw new ConfigError("target.table_missing", `there is no table ${from}`, { hint: "run `sluice sync` first" });
  }
  const columns = (await tableColumns(session.client, [relation.oid])).get(relation.oid) ?? [];
  const byName = new Map(columns.map((column) => [column.name, column]));
  return {
    from,
    columnNames: [...byName.keys()],
    value({ name }) {
      const column = byName.get(name);
      if (column !== undefined) return textExpression(column);
      throw new ConfigError("target.column_missing", `table ${from} has no column '${name}'`, {
        column: name,
        hint: "it was dropped or renamed by hand: run `sluice sync --full-refresh` to rebuild the table",
      });
    },
  };
}
