import { valueText } from "../../sdk/batch/value-text.js";
import { isNull } from "../../sdk/index.js";
import type { Connection } from "../../sdk/sql/duckdb/database.js";
import { readBatches } from "../../sdk/sql/duckdb/read.js";
import type { DuckColumn } from "./relation.js";
import { type Selection, whereSql } from "./select.js";

/** The greatest value of an expression over the selected rows, as canonical text; undefined where there is none. */
export async function greatestText(
  connection: Connection,
  { from, conditions }: Selection,
  value: string,
  column: DuckColumn,
): Promise<string | undefined> {
  const sql = `SELECT max(${value}) FROM ${from} AS sluice_row ${whereSql(conditions)}`;
  const options = { columns: [column], limits: { rows: 1, bytes: 1 }, signal: new AbortController().signal };
  let text: string | undefined;
  for await (const { vectors } of readBatches(connection, sql, options)) {
    if (!isNull(vectors[0]!, 0)) text = valueText(vectors[0]!, column.type, 0);
  }
  return text;
}
