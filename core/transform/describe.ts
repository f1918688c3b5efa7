import { type ConfigError, SluiceError } from "../../sdk/errors.js";
import type { Calculator } from "../../sdk/sql/duckdb/calculator.js";
import type { SqlValue } from "../../sdk/sql/duckdb/statement.js";
import { nearest } from "../schema/nearest.js";
import { invalid, type ParsedExpression } from "./expression.js";

/** What an expression is described over. */
export interface Surroundings {
  readonly relation: string;
  /** The names of its columns, to propose. */
  readonly columns: readonly string[];
  readonly parameters: readonly SqlValue[];
}

/**
 * The type of an expression over a relation, as DuckDB writes it.
 * @throws ConfigError `expression.invalid` with the place of a name or type that does not fit
 */
export async function describeExpression(
  engine: Calculator,
  expression: ParsedExpression,
  { relation, columns, parameters }: Surroundings,
): Promise<string> {
  try {
    const select = `SELECT (\n${expression.text}\n) FROM (${relation})`;
    const { rows } = await engine.query(`DESCRIBE ${select}`, parameters);
    // A literal that is no value of its column is found only by running it.
    await engine.query(`SELECT count(COLUMNS(*)) FROM (${select})`, parameters);
    return String(rows[0]![1]);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.kind === "system") throw error;
    throw refusal(expression, error, columns);
  }
}

function refusal(expression: ParsedExpression, error: SluiceError, columns: readonly string[]): ConfigError {
  const [first = ""] = error.message.split("\n", 1);
  const message = first.replace(/^[\w ]+ Error: /, "");
  const missing = /^Referenced column "(.*)" not found/.exec(message)?.[1];
  if (missing === undefined) {
    const [, suggested] = /Did you mean "(.*?)"/.exec(error.message) ?? [];
    const hint = suggested === undefined ? undefined : `did you mean '${suggested}'?`;
    return invalid(expression, message, caretOffset(expression.text, error.message), { hint });
  }
  const near = nearest(missing, columns);
  const at = expression.text.indexOf(missing);
  const hint = near === undefined ? `its columns are ${columns.join(", ")}` : `did you mean '${near}'?`;
  return invalid(expression, `there is no column '${missing}'`, at < 0 ? undefined : at, {
    hint,
    length: missing.length,
    column: missing,
  });
}

/** Where in the text DuckDB's caret points; unknown where it shows a part of the line only. */
function caretOffset(text: string, message: string): number | undefined {
  const found = /LINE (\d+): (.*)\n( *)\^/.exec(message);
  if (found === null) return undefined;
  const lines = text.split("\n");
  const line = Number(found[1]) - 2;
  if (lines[line] === undefined || found[2]!.trimEnd() !== lines[line]!.trimEnd()) return undefined;
  const before = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
  return before + found[3]!.length - `LINE ${found[1]}: `.length;
}
