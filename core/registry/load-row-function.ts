import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { ConfigError } from "../../sdk/errors.js";
import type { RowFunction } from "../../sdk/row-function.js";
import { type ColumnType, parseType } from "../../sdk/schema/column-type.js";
import type { FunctionFile } from "../transform/transforms.js";

/** A function over rows, and what its file declares of the columns it makes. */
export interface LoadedFunction {
  readonly make: RowFunction;
  /** Types by column; null: the column is left out. */
  readonly columns: ReadonlyMap<string, ColumnType | null>;
}

const option = { path: ["function"] };
const shape = "export default defineFunction((row) => ({ ...row }))";

/**
 * Loads the function of a user's file, TypeScript as it stands.
 * @throws ConfigError `function.file_missing`, `function.not_loaded`, `function.invalid_export` or `function.columns`
 */
export async function loadRowFunction({ file, path, export: name = "default" }: FunctionFile): Promise<LoadedFunction> {
  if (!existsSync(path)) {
    throw new ConfigError("function.file_missing", `function: there is no file '${file}'`, {
      option,
      hint: "the path is relative to the folder of sluice.yaml",
    });
  }
  const exported = await evaluated(file, path);
  const make = exported[name];
  if (typeof make !== "function") {
    const found = make === undefined ? `has no export '${name}'` : `exports '${name}', which is no function`;
    throw new ConfigError("function.invalid_export", `function: '${file}' ${found}`, { option, hint: shape });
  }
  return { make: make as RowFunction, columns: declared(file, exported.columns) };
}

async function evaluated(file: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  const { moduleEvaluator } = await import("./evaluate-module.js");
  try {
    return await moduleEvaluator(dirname(path)).import<Readonly<Record<string, unknown>>>(path);
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    const [reason = ""] = text.split("\nRequire stack:");
    const message = `function: '${file}' cannot be loaded: ${reason.replaceAll(/\s+/g, " ").trim()}${placeIn(path, cause)}`;
    throw new ConfigError("function.not_loaded", message, {
      option,
      hint: "repair the file where the message says",
      cause,
    });
  }
}

/** Where in a file an error was thrown: ` (line 12)`; nothing where its message or its stack do not say. */
function placeIn(path: string, error: unknown): string {
  const line = lineIn(path, error);
  return line === undefined || String((error as Error).message).includes(`${path}:`) ? "" : ` (line ${line})`;
}

/** The line of a file that an error was thrown from. */
export function lineIn(path: string, error: unknown): number | undefined {
  const stack = error instanceof Error ? String(error.stack) : "";
  const at = stack.indexOf(`${path}:`);
  const line = Number.parseInt(stack.slice(at + path.length + 1), 10);
  return at < 0 || Number.isNaN(line) ? undefined : line;
}

function declared(file: string, columns: unknown): ReadonlyMap<string, ColumnType | null> {
  const entries: [string, unknown][] = Object.entries(columns ?? {});
  return new Map(entries.map(([name, type]) => [name, type === null ? null : declaredType(file, name, type)]));
}

function declaredType(file: string, name: string, type: unknown): ColumnType {
  try {
    return parseType(String(type));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const message = `function: the export 'columns' of '${file}': '${name}': ${error.message}`;
    throw new ConfigError("function.columns", message, {
      option,
      hint: `${error.hint ?? ""}; null leaves a column out`,
    });
  }
}
