import type { QuarantinedRow } from "../../sdk/quarantine.js";
import type { RejectedRow } from "../transform/refinery.js";

/**
 * Rejected rows for `_sluice_quarantine`.
 * @param counted how many rows of the load were rejected before: they are numbered through
 */
export function quarantinedRows(
  rejects: readonly RejectedRow[],
  { loadId, counted }: { readonly loadId: number; readonly counted: number },
): QuarantinedRow[] {
  return rejects.map(({ rule, reason, text }, i) => ({
    quarantineId: `${loadId}-${counted + i + 1}`,
    rule,
    reason,
    row: text,
    sourcePosition: undefined,
  }));
}
