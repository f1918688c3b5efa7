import { exactState } from "../../sdk/child/exact-state.js";
import type { Json, JsonObject } from "../../sdk/json.js";

/** What is committed for a stream: the tap's own state, whole and untouched, and what Sluice needs beside it. */
export interface TapState {
  /** The `value` of the STATE message last committed. */
  readonly tap?: Json;
  /** The version of the stream's table, where the tap numbers them. */
  readonly version?: number;
  /** The rows at the tap's bookmark, where rows may not come twice. */
  readonly boundary?: Json;
  /** A full read came to its end. */
  readonly complete?: true;
}

/** The state of a checkpoint. */
export function savedState({ tap, ...rest }: Omit<TapState, "tap"> & { readonly tap: unknown }): JsonObject {
  return { ...(tap === undefined ? {} : { tap: exactState(tap) }), ...(rest as JsonObject) };
}
