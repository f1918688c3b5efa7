import type { Staged, Writer } from "../../sdk/destination.js";
import type { Load } from "./load.js";

interface FlushOptions {
  /** The first load of the reading. */
  readonly since: number;
  /** Whether rows may have come that were read before. */
  readonly rereads: boolean;
}

/**
 * Waits until a load is staged, and counts it. Rejected rows that wait in the quarantine already are not kept twice: the load
 * counts them as deduplicated.
 */
export async function flushLoad(writer: Writer, load: Load, { since, rereads }: FlushOptions): Promise<Staged> {
  const { written, deduplicated } = await writer.flush();
  const looks = rereads && load.quarantined > 0;
  const dropped = (looks ? await writer.dropKnownRejects?.(since) : undefined) ?? 0;
  load.quarantined -= dropped;
  return { written, deduplicated: deduplicated + dropped };
}
