import type { OpenDestination } from "../../sdk/destination.js";
import type { QuarantineRow } from "../../sdk/quarantine.js";
import { rewriteMode } from "../sync/rewrite-mode.js";
import type { StreamPlan } from "../sync/stream-plan.js";
import { maskFingerprints } from "../transform/mask-fingerprint.js";
import { waitingSince } from "./waiting-since.js";

/**
 * What can be done with a quarantined row: sent again as it is; read again from the source, since it was masked in another way
 * than today; or nothing, and why.
 */
export type Standing = "send" | "reread" | Unsendable;

/** Why a row can be neither sent nor read again. */
export type Unsendable = "superseded" | "mask_changed";

/** Tells the standing of a stream's quarantined rows. */
export async function standings(
  destination: OpenDestination,
  plan: StreamPlan,
  connection: string,
): Promise<(row: QuarantineRow) => Standing> {
  const states = await destination.states(plan.schema);
  const since = waitingSince(states, { connection, stream: plan.id });
  const masksNow = maskFingerprints(plan.rows.transforms, plan.columns);
  return (row) => {
    if (row.loadId < since) return "superseded";
    const masks = masksOf(row);
    if (isMaskedAlike(masks, masksNow)) return "send";
    // Only a key that stands there as it is can be asked for.
    const isNamed = !plan.primaryKey.some((column) => Object.hasOwn(masks, column));
    return isNamed && rewriteMode(plan) !== undefined ? "reread" : "mask_changed";
  };
}

/** How a row's columns were masked when it was rejected, by their names at the source. */
export function masksOf({ sourcePosition }: Pick<QuarantineRow, "sourcePosition">): Readonly<Record<string, string>> {
  const masks = (sourcePosition as { masks?: Readonly<Record<string, string>> } | undefined)?.masks;
  return masks ?? {};
}

/** Whether what was masked then would be masked in the same way now. What was not may be masked now. */
function isMaskedAlike(then: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): boolean {
  return Object.entries(then).every(([column, mask]) => now[column] === mask);
}
