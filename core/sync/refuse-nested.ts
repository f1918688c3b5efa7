import type { Capabilities } from "../../sdk/destination.js";
import { ConfigError } from "../../sdk/errors.js";
import type { WriteMode } from "../../sdk/schema/stream.js";
import type { StreamOptions } from "./plan.js";

interface KeyedStream {
  readonly id: string;
  readonly write: WriteMode;
  readonly primaryKey: readonly string[];
  readonly options: Pick<StreamOptions, "nested">;
}

/**
 * Refuses child tables where their rows could not follow the rows they belong to.
 * @throws ConfigError `nested.*`
 */
export function refuseChildTables(
  { id, write, primaryKey, options }: KeyedStream,
  capabilities: Pick<Capabilities, "childTables">,
): void {
  const path = Object.entries(options.nested ?? {}).find(([, { type }]) => type === "child_table")?.[0];
  if (path === undefined) return;
  const refuse = (code: string, message: string, hint: string) => {
    const option = { path: ["nested", path] };
    throw new ConfigError(code, `stream '${id}': nested.${path}: ${message}`, { stream: id, hint, option });
  };
  if (!capabilities.childTables) {
    refuse("nested.destination", "the destination writes no child tables", `${path}: json or flatten`);
  }
  if (write === "scd2") refuse("nested.scd2", "a history has no child tables", "write: merge, append or overwrite");
  if (primaryKey.length === 0) {
    const hint = "set primary_key: [column, …]";
    refuse("nested.no_primary_key", "rows of a child table need the key of the row they belong to", hint);
  }
}
