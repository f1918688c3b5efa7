import { SystemError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import type { ReadMode } from "../../sdk/schema/stream.js";
import { type KnownColumn, loadColumn, type SavedColumn, saveColumn } from "../schema/known-column.js";

/** What is committed beside the rows: the source's own state and what the table was loaded with. */
export interface StreamState {
  /** How it was read: a state means something only to a read of the same mode. */
  readonly read: ReadMode;
  /** As the source gave it in the last checkpoint. */
  readonly source: Json | undefined;
  /** False while a read that started from the beginning has not come to its end: the next run goes on with it. */
  readonly complete: boolean;
  readonly primaryKey: readonly string[];
  readonly columns: readonly KnownColumn[];
}

interface SavedState {
  readonly version: 1;
  readonly read: ReadMode;
  readonly source: Json;
  readonly complete: boolean;
  readonly primary_key: readonly string[];
  readonly columns: readonly SavedColumn[];
}

export function saveState({ read, source, complete, primaryKey, columns }: StreamState): Json {
  const saved: SavedState = {
    version: 1,
    read,
    source: source ?? null,
    complete,
    primary_key: primaryKey,
    columns: columns.map(saveColumn),
  };
  return saved as unknown as Json;
}

/** @throws SystemError `state.unreadable` for a state that a newer version wrote, or that is none */
export function loadState(json: Json | undefined): StreamState | undefined {
  if (json === undefined || json === null) return undefined;
  const saved = json as unknown as Partial<SavedState>;
  if (saved.version !== 1 || !Array.isArray(saved.columns)) {
    throw new SystemError("state.unreadable", "the committed state is not one that this version can read", {
      hint: "use the version that wrote it, or `sluice state reset` to load the stream from the beginning",
    });
  }
  const { read, source, complete, primary_key, columns } = saved as SavedState;
  return { read, source: source ?? undefined, complete, primaryKey: primary_key, columns: columns.map(loadColumn) };
}
