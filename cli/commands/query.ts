import type { QueryResult } from "../../sdk/destination.js";
import type { Json } from "../../sdk/json.js";
import type { Cli } from "../cli.js";
import { findDestination } from "../find-end.js";
import { print, printDocument, remark } from "../output/print.js";
import { counted } from "../output/quantities.js";
import { renderTable } from "../output/table.js";
import { UsageError } from "../usage-error.js";
import { withDestination } from "../with-connector.js";

export interface QueryInput {
  readonly sql: string;
  readonly destination?: string;
  readonly connection?: string;
  readonly csv: boolean;
}

/** `sluice query`: a query at a destination, as a table, CSV or JSON. */
export async function query(cli: Cli, { sql, csv, ...words }: QueryInput): Promise<number> {
  if (csv && cli.options.json) throw new UsageError("usage.conflict", "--csv and --json are two forms of one result");
  const found = await findDestination(cli, words);
  const result = await withDestination(cli, found, (destination) => destination.query(sql));
  const columns = distinctNames(result.columns);
  printDocument(cli, { columns, rows: result.rows.map((row) => record(columns, row)) });
  if (csv) {
    cli.stdout.write(renderCsv(result));
  } else if (!cli.options.json) {
    print(cli, renderResult(result, cli));
    remark(cli, cli.paintErr.dim(`  ${counted(result.rows.length, "row")}`));
  }
  return 0;
}

/** The names of columns as keys of one object: `id`, `id_2` where a join brings a name twice. */
function distinctNames(columns: readonly string[]): string[] {
  const names: string[] = [];
  for (const column of columns) {
    let name = column;
    for (let i = 2; names.includes(name) || (name !== column && columns.includes(name)); i++) name = `${column}_${i}`;
    names.push(name);
  }
  return names;
}

function record(columns: readonly string[], row: readonly Json[]): Record<string, Json> {
  return Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]));
}

function renderResult({ columns, rows }: QueryResult, { paint }: Cli): string {
  const numeric = columns.map((_, index) => rows.length > 0 && rows.every((row) => isNumeric(row[index] ?? null)));
  const titles = columns.map((title, index) => ({
    title,
    align: numeric[index] ? ("right" as const) : ("left" as const),
  }));
  return renderTable(
    titles,
    rows.map((row) => row.map((value) => cell(value, paint.dim))),
    paint,
  );
}

function isNumeric(value: Json): boolean {
  return value === null || typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
}

function cell(value: Json, dim: (text: string) => string): string {
  if (value === null) return dim("null");
  const text = typeof value === "string" ? value : JSON.stringify(value);
  // A line break or control character in a value must not break the table or the terminal.
  return text.replaceAll(/\p{Cc}/gu, escaped);
}

function escaped(control: string): string {
  const code = control.charCodeAt(0);
  return { 9: "\\t", 10: "\\n", 13: "\\r" }[code] ?? `\\u${code.toString(16).padStart(4, "0")}`;
}

/** RFC 4180; null is nothing, an empty text is two quotes. */
function renderCsv({ columns, rows }: QueryResult): string {
  const line = (values: readonly Json[]) => `${values.map(csvField).join(",")}\r\n`;
  return [columns, ...rows].map(line).join("");
}

function csvField(value: Json): string {
  if (value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
