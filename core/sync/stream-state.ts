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
  /** With incremental reads: the column whose order said what is new, by its name at the source. */
  readonly cursor?: string | undefined;
  /** The first load of the reading that the state goes on with: what was rejected before was read again since. */
  readonly since?: number | undefined;
  /** Differences from the source that the table was to keep: they were reported, and are no news. */
  readonly declined?: readonly string[];
  /** The columns of child tables, by their names. */
  readonly children?: Readonly<Record<string, readonly KnownColumn[]>> | undefined;
  /** Columns from nested data that the table does not have, since what comes after them makes others of them. */
  readonly nested?: readonly KnownColumn[] | undefined;
  /** Names of columns that a function made, as they come. */
  readonly made?: readonly string[] | undefined;
  /** What somebody has agreed to for the next run. */
  readonly accepted?: Accepted | undefined;
}

/** Changes at the source that a policy or a doubt would stop, and somebody agreed to. */
export interface Accepted {
  /** The next run takes the source's columns as they are, as if every policy was `evolve`. */
  readonly changes: boolean;
  /** Columns that are the same under another name: old name to new. */
  readonly renames: Readonly<Record<string, string>>;
}

interface SavedState {
  readonly version: 1;
  readonly read: ReadMode;
  readonly source: Json;
  readonly complete: boolean;
  readonly primary_key: readonly string[];
  readonly columns: readonly SavedColumn[];
  readonly cursor?: string;
  readonly since?: number;
  readonly declined?: readonly string[];
  readonly children?: Readonly<Record<string, readonly SavedColumn[]>>;
  readonly nested?: readonly SavedColumn[];
  readonly made?: readonly string[];
  readonly accepted?: Accepted;
}

export function saveState({ read, source, complete, primaryKey, columns, ...more }: StreamState): Json {
  const saved: SavedState = {
    version: 1,
    read,
    source: source ?? null,
    complete,
    primary_key: primaryKey,
    columns: columns.map(saveColumn),
    ...(more.cursor !== undefined && { cursor: more.cursor }),
    ...(more.since !== undefined && { since: more.since }),
    ...(more.declined !== undefined && more.declined.length > 0 && { declined: more.declined }),
    ...(more.children !== undefined &&
      Object.keys(more.children).length > 0 && { children: mapped(more.children, saveColumn) }),
    ...(more.nested !== undefined && more.nested.length > 0 && { nested: more.nested.map(saveColumn) }),
    ...(more.made !== undefined && more.made.length > 0 && { made: more.made }),
    ...(more.accepted !== undefined && { accepted: more.accepted }),
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
  const {
    read,
    source,
    complete,
    primary_key,
    columns,
    cursor,
    since,
    declined = [],
    children = {},
    nested = [],
    made = [],
    accepted,
  } = saved as SavedState;
  return {
    read,
    source: source ?? undefined,
    complete,
    primaryKey: primary_key,
    columns: columns.map(loadColumn),
    cursor,
    since,
    declined,
    children: mapped(children, loadColumn),
    nested: nested.map(loadColumn),
    made,
    accepted,
  };
}

function mapped<From, To>(lists: Readonly<Record<string, readonly From[]>>, to: (one: From) => To) {
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.map(to)]));
}
