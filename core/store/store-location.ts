import { join, resolve } from "node:path";

/** Where the history is kept. */
export type StoreLocation =
  | { readonly type: "sqlite"; readonly path: string }
  | { readonly type: "postgres"; readonly url: string };

/** The location that `store:` or SLUICE_STORE names: a Postgres URL or a file; by default a file in the project's `.sluice`. */
export function storeLocation(projectDir: string, setting: string | undefined): StoreLocation {
  if (setting === undefined) return { type: "sqlite", path: join(projectDir, ".sluice", "history.sqlite") };
  if (/^postgres(ql)?:\/\//.test(setting)) return { type: "postgres", url: setting };
  return { type: "sqlite", path: resolve(projectDir, setting) };
}
