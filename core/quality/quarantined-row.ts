import type { BatchMessage, RowOrigin } from "../../sdk/messages.js";
import type { QuarantinedRow } from "../../sdk/quarantine.js";
import type { RejectedRow } from "../transform/refinery.js";

export interface RejectingLoad {
  readonly loadId: number;
  /** How many of its rows were rejected before: they are numbered through. */
  readonly counted: number;
  /** How columns were masked, by their names at the source: see `maskFingerprints`. */
  readonly masks: Readonly<Record<string, string>>;
  /** Where the rejects' batch is at the source. */
  readonly origin: BatchMessage["origin"];
}

/** Rejected rows for `_sluice_quarantine`. */
export function quarantinedRows(
  rejects: readonly RejectedRow[],
  { loadId, counted, masks, origin }: RejectingLoad,
): QuarantinedRow[] {
  const marks = Object.keys(masks).length === 0 ? {} : { masks };
  const positionOf = (row: number) => {
    const facts = { ...placeOf(origin, row), ...marks };
    return Object.keys(facts).length === 0 ? undefined : facts;
  };
  const load = `${loadId}-`;
  return rejects.map(({ row, rule, reason, text }, i) => ({
    quarantineId: load + (counted + i + 1),
    rule,
    reason,
    row: text,
    sourcePosition: positionOf(row),
  }));
}

function placeOf(origin: RejectingLoad["origin"], row: number): RowOrigin | undefined {
  if (origin === undefined || !("file" in origin)) return origin?.[row];
  const { firstRow, ...place } = origin;
  return firstRow === undefined ? place : { ...place, row: firstRow + row };
}
