import type { StreamOptions, StreamSelection } from "../sync/plan.js";
import { matches } from "../sync/select-streams.js";
import { defined } from "./defined.js";
import type { FileConnection } from "./project-schema.js";
import type { FileStreamOptions } from "./stream-options.js";

/**
 * The selections of a connection, each with all its options: the connection's defaults, under those of the first
 * pattern that fits an exact name, under its own.
 */
export function resolveStreams(connection: FileConnection): StreamSelection[] {
  const entries = Object.entries(connection.streams ?? { "*": null });
  return entries.map(([pattern, own]) => {
    const wider = pattern.includes("*")
      ? undefined
      : entries.find(([other]) => other !== pattern && covers(other, pattern));
    const levels = [connection.defaults, wider?.[1], own];
    const named = levels.flatMap((level) => level?.drift ?? []);
    // Policies are laid over each other entity by entity.
    const drift = named.length === 0 ? {} : { drift: Object.assign({}, ...named) };
    return { pattern, options: streamOptionsOf({ ...connection.defaults, ...wider?.[1], ...own, ...drift }) };
  });
}

function covers(pattern: string, name: string): boolean {
  return pattern.includes("*") && matches(pattern, name);
}

/** The engine's words for the file's. */
export function streamOptionsOf({
  primary_key,
  metadata_columns,
  on_error,
  max_quarantined,
  ...same
}: FileStreamOptions): StreamOptions {
  return defined({
    ...same,
    primaryKey: primary_key,
    metadataColumns: metadata_columns,
    onError: on_error,
    maxQuarantined: max_quarantined,
  });
}
