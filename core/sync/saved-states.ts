import type { StateRow } from "../../sdk/destination.js";
import type { Ends } from "./opened-ends.js";
import type { ConnectionPlan } from "./plan.js";
import type { KnownStreams } from "./select-streams.js";
import { loadState, type StreamState } from "./stream-state.js";

/** The committed states of one connection. */
export async function statesOf(
  { destination, kind }: Pick<Ends, "destination" | "kind">,
  { name, schema }: Pick<ConnectionPlan, "name" | "schema">,
): Promise<StateRow[]> {
  const rows = await destination.states(schema ?? kind.capabilities.defaultSchema);
  return rows.filter(({ connection }) => connection === name);
}

/** What earlier runs committed, by stream. A state that cannot be read is left to the stream's own sync to report. */
export function knownStreams(rows: readonly StateRow[]): KnownStreams {
  return new Map(
    rows.flatMap(({ stream, state }) => {
      const saved = readable(state);
      return saved === undefined ? [] : [[stream, saved] as const];
    }),
  );
}

function readable(state: StateRow["state"]): StreamState | undefined {
  try {
    return loadState(state);
  } catch {
    return undefined;
  }
}
