import type { QuarantinedRow } from "../../sdk/quarantine.js";
import type { RejectedRow } from "../transform/refinery.js";

export interface RejectingLoad {
  readonly loadId: number;
  /** How many of its rows were rejected before: they are numbered through. */
  readonly counted: number;
  /** How columns were masked, by their names at the source: see `maskFingerprints`. */
  readonly masks: Readonly<Record<string, string>>;
}

/** Rejected rows for `_sluice_quarantine`. */
export function quarantinedRows(
  rejects: readonly RejectedRow[],
  { loadId, counted, masks }: RejectingLoad,
): QuarantinedRow[] {
  const sourcePosition = Object.keys(masks).length === 0 ? undefined : { masks };
  const load = `${loadId}-`;
  return rejects.map(({ rule, reason, text }, i) => ({
    quarantineId: load + (counted + i + 1),
    rule,
    reason,
    row: text,
    sourcePosition,
  }));
}
