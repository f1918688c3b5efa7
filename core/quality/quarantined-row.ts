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
  const positionOf = positions(origin, masks);
  const load = `${loadId}-`;
  return rejects.map(({ row, rule, reason, text }, i) => ({
    quarantineId: load + (counted + i + 1),
    rule,
    reason,
    row: text,
    sourcePosition: positionOf(row),
  }));
}

/** Of each row of a batch where the source has it, and how it was masked; undefined where there is nothing to say. */
function positions(
  origin: RejectingLoad["origin"],
  masks: RejectingLoad["masks"],
): (row: number) => QuarantinedRow["sourcePosition"] {
  const isMasked = Object.keys(masks).length > 0;
  if (origin === undefined && !isMasked) return () => undefined;
  const marks = isMasked ? { masks } : {};
  return (row) => {
    const place = origin && placeOf(origin, row);
    return place === undefined && !isMasked ? undefined : { ...place, ...marks };
  };
}

function placeOf(origin: NonNullable<RejectingLoad["origin"]>, row: number): RowOrigin | undefined {
  if (!("file" in origin)) return origin[row];
  const { firstRow, ...place } = origin;
  return firstRow === undefined ? place : { ...place, row: firstRow + row };
}
