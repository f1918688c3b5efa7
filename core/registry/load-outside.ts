import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Destination } from "../../sdk/destination.js";
import { ConfigError, SluiceError } from "../../sdk/errors.js";
import type { Source } from "../../sdk/source.js";
import { isConnectorFile } from "./connector-file.js";

export type ConnectorKind = "source" | "destination";

/** A connector that is not built in: a file, or an npm package by its name. */
export interface OutsideConnector {
  readonly kind: ConnectorKind;
  /** As it stands in the project file. */
  readonly connector: string;
  /** Paths are relative to this folder, and packages are found from it. */
  readonly projectDir: string;
}

/**
 * Loads a connector from a file or an npm package; undefined where there is no such package.
 * @throws ConfigError `connector.file_missing`, `connector.not_loaded` or `connector.invalid_export`, with the fix
 */
export async function loadOutside(outside: OutsideConnector): Promise<Source | Destination | undefined> {
  const { connector, projectDir } = outside;
  const { moduleEvaluator } = await import("./evaluate-module.js");
  const modules = moduleEvaluator(projectDir);
  const path = isConnectorFile(connector)
    ? existingFile(outside)
    : modules.esmResolve(connector, { try: true, parentURL: `${projectDir}/` });
  if (path === undefined) return undefined;
  let exported: { readonly default?: unknown };
  try {
    exported = await modules.import<typeof exported>(path);
  } catch (cause) {
    throw notLoaded(connector, cause);
  }
  return checkedExport(outside, exported.default);
}

function existingFile({ connector, projectDir }: OutsideConnector): string {
  const path = resolve(projectDir, connector);
  if (existsSync(path)) return path;
  throw new ConfigError("connector.file_missing", `there is no file '${connector}' in ${projectDir}`, {
    hint: "paths are relative to the folder of sluice.yaml; `sluice connector new` writes a connector to begin with",
  });
}

function notLoaded(connector: string, cause: unknown): ConfigError {
  if (cause instanceof SluiceError && cause.kind === "config") return cause as ConfigError;
  const text = cause instanceof Error ? cause.message : String(cause);
  const [reason = ""] = text.split("\nRequire stack:");
  const missing = /Cannot find (?:module|package) '([^'./][^']*)'/.exec(text)?.[1];
  return new ConfigError("connector.not_loaded", `connector '${connector}' cannot be loaded: ${reason.trim()}`, {
    hint:
      missing === undefined ? "repair the file where the message says" : `npm install ${missing}, beside the connector`,
    cause,
  });
}

const shapes: Readonly<Record<ConnectorKind, string>> = {
  source: "export default defineSource({ name, title, config, open })",
  destination: "export default defineDestination({ name, title, config, capabilities, open })",
};

function checkedExport({ kind, connector }: OutsideConnector, exported: unknown): Source | Destination {
  const problem = problemOf(kind, exported);
  if (problem === undefined) return exported as Source | Destination;
  throw new ConfigError("connector.invalid_export", `connector '${connector}' is no ${kind}: ${problem}`, {
    hint: shapes[kind],
  });
}

function problemOf(kind: ConnectorKind, exported: unknown): string | undefined {
  if (exported === undefined) return "the file has no default export";
  if (typeof exported !== "object" || exported === null)
    return `its default export is ${typeof exported}, not an object`;
  const { name, config, open, capabilities } = exported as Partial<Record<string, unknown>>;
  if (typeof name !== "string" || name === "") return "its `name` is no text";
  if (typeof (config as { safeParse?: unknown } | undefined)?.safeParse !== "function") {
    return "its `config` is no zod schema";
  }
  if (typeof open !== "function") return "its `open` is no function";
  if (kind === "destination" && capabilities === undefined) return "it has no `capabilities`: that is a source";
  if (kind === "source" && capabilities !== undefined) return "it has `capabilities`: that is a destination";
  return undefined;
}
