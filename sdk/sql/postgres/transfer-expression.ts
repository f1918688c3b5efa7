import { quoteIdentifier } from "./identifiers.js";
import type { CatalogColumn } from "./table-columns.js";
import { typeOid } from "./types.js";

/** What a SELECT for COPY says for a column, so that it comes as `CatalogColumn.transfer` says. */
export function transferExpression({ name, transfer, oid, type }: CatalogColumn): string {
  const column = quoteIdentifier(name);
  if (transfer === "binary") return column;
  // The cast of inet to text is not its output: it adds /32.
  if (oid === inetOid && type.kind === "string") return `textin(inet_out(${column}))`;
  if (oid === inetOid) return `${column}::text::text[]`;
  return transfer === "text" ? `${column}::text` : `${column}::text[]`;
}

/** The same where a cast to text follows: that of character(n) would lose its blanks. */
export function textExpression(column: CatalogColumn): string {
  const value = transferExpression(column);
  return column.oid === typeOid.character && column.type.kind === "string" ? `textin(bpcharout(${value}))` : value;
}

const inetOid = 869;
