import { DataError } from "./errors.js";

/** What a commit throws that would mark quarantined rows which are marked already, or gone. */
export function alreadyReplayed(stream: string, rows: number): DataError {
  return new DataError(
    "quarantine.already_replayed",
    `${stream}: ${rows} quarantined ${rows === 1 ? "row was" : "rows were"} replayed or purged meanwhile; nothing was written`,
    { stream, hint: "list the quarantine again: what is still open there can be replayed" },
  );
}
