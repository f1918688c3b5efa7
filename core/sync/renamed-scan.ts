import type { Scan } from "../../sdk/messages.js";
import { quoteIdentifier } from "../../sdk/sql/duckdb/identifiers.js";
import type { PreparedStream } from "./prepare-stream.js";

/** A scan whose columns have the names after the stream's transforms, where those do nothing but rename. */
export function renamedScan(scan: Scan, { source, rows }: PreparedStream): Scan {
  const names = rows.columns.map(({ name }) => name);
  if (source.every(({ name }, i) => name === names[i])) return scan;
  const list = source.map(({ name }, i) => `${quoteIdentifier(name)} AS ${quoteIdentifier(names[i]!)}`);
  return { ...scan, columns: rows.columns, sql: `SELECT ${list.join(", ")} FROM (${scan.sql})` };
}
