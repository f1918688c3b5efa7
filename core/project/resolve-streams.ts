import { resolve } from "node:path";
import { matches } from "../sync/match-streams.js";
import type { StreamOptions, StreamSelection } from "../sync/plan.js";
import type { FunctionFile } from "../transform/transforms.js";
import { defined } from "./defined.js";
import type { FileConnection } from "./project-schema.js";
import type { FileStreamOptions } from "./stream-options.js";

/**
 * The selections of a connection, each with all its options: the connection's defaults, under those of the first
 * pattern that fits an exact name, under its own.
 * @param dir the project's folder: paths are relative to it
 */
export function resolveStreams(connection: FileConnection, dir: string): StreamSelection[] {
  const entries = Object.entries(connection.streams ?? { "*": null });
  return entries.map(([pattern, own]) => {
    const wider = pattern.includes("*")
      ? undefined
      : entries.find(([other]) => other !== pattern && covers(other, pattern));
    const levels = [connection.defaults, wider?.[1], own];
    const named = levels.flatMap((level) => level?.drift ?? []);
    // Policies are laid over each other entity by entity.
    const drift = named.length === 0 ? {} : { drift: Object.assign({}, ...named) };
    const options = { ...connection.defaults, ...wider?.[1], ...own, ...drift };
    return { pattern, options: streamOptionsOf(options, dir) };
  });
}

function covers(pattern: string, name: string): boolean {
  return pattern.includes("*") && matches(pattern, name);
}

/** The engine's words for the file's. */
function streamOptionsOf(
  { primary_key, metadata_columns, on_error, max_quarantined, function: written, ...same }: FileStreamOptions,
  dir: string,
): StreamOptions {
  return defined({
    ...same,
    function: written && functionFile(written, dir),
    primaryKey: primary_key,
    metadataColumns: metadata_columns,
    onError: on_error,
    maxQuarantined: max_quarantined,
  });
}

function functionFile({ file, export: name }: NonNullable<FileStreamOptions["function"]>, dir: string): FunctionFile {
  return { file, path: resolve(dir, file), ...(name === undefined ? {} : { export: name }) };
}
