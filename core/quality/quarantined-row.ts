import type { BatchOrigin } from "../../sdk/messages.js";
import type { QuarantinedRow } from "../../sdk/quarantine.js";
import type { RejectedRow } from "../transform/refinery.js";

export interface RejectingLoad {
  readonly loadId: number;
  /** How many of its rows were rejected before: they are numbered through. */
  readonly counted: number;
  /** How columns were masked, by their names at the source: see `maskFingerprints`. */
  readonly masks: Readonly<Record<string, string>>;
  /** Where the rejects' batch is at the source. */
  readonly origin: BatchOrigin | undefined;
}

/** Rejected rows for `_sluice_quarantine`. */
export function quarantinedRows(
  rejects: readonly RejectedRow[],
  { loadId, counted, masks, origin }: RejectingLoad,
): QuarantinedRow[] {
  const { firstRow, ...place } = origin ?? {};
  const facts = { ...place, ...(Object.keys(masks).length === 0 ? {} : { masks }) };
  const position = Object.keys(facts).length === 0 ? undefined : facts;
  const load = `${loadId}-`;
  return rejects.map(({ row, rule, reason, text }, i) => ({
    quarantineId: load + (counted + i + 1),
    rule,
    reason,
    row: text,
    sourcePosition: firstRow === undefined ? position : { ...facts, row: firstRow + row },
  }));
}
