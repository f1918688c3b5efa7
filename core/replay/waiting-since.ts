import type { StateRow } from "../../sdk/destination.js";
import { loadState } from "../sync/stream-state.js";

/**
 * The first load whose rejected rows wait: what was rejected before was read again by the reading that a stream's state goes
 * on with, and judged again.
 */
export function waitingSince(
  states: readonly StateRow[],
  key: { readonly connection: string; readonly stream: string },
): number {
  const own = states.find(({ connection, stream }) => connection === key.connection && stream === key.stream);
  return loadState(own?.state)?.since ?? 0;
}
