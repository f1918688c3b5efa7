import { ConfigError, type Json } from "../../sdk/index.js";

/** How many rows had a digest. */
export type Digests = Readonly<Record<string, number>>;

/** What an incremental read leaves for the next one. */
export interface CursorState {
  /** The greatest cursor value given, as canonical text; null where there was none. */
  readonly cursor: string | null;
  /** The columns that digests are made of. */
  readonly columns: readonly string[];
  /** Rows at the cursor value that were given. Empty with rereads "merged". */
  readonly ties: Digests;
  /** Rows without a cursor value that were given. Empty with rereads "merged". */
  readonly nulls: Digests;
}

/**
 * The state of a checkpoint; for a first read, one that covers nothing.
 * @throws ConfigError `state.unknown` for a state of another source or version
 */
export function cursorState(state: Json | undefined, columns: readonly string[]): CursorState {
  if (state === undefined) return { cursor: null, columns, ties: {}, nulls: {} };
  if (typeof state === "object" && state !== null && "cursor" in state && "ties" in state && "nulls" in state) {
    return state as unknown as CursorState;
  }
  throw new ConfigError("state.unknown", "the saved state is not one of an incremental read of a DuckDB file", {
    hint: "reset the stream's state, or read it in full",
  });
}
