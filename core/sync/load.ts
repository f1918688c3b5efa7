import type { Ledger, Staged } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import type { CommitLimits } from "./plan.js";

/** What is counted of one load, on the source's side, while it is under way. */
export interface Load {
  readonly id: number;
  readonly startedAt: Date;
  read: number;
  filtered: number;
  quarantined: number;
  bytes: number;
  /** Rows of child tables that a policy left out; no part of the ledger. */
  discardedChildren: number;
  /** By rule: how many rows it failed for. */
  readonly failed: Map<string, number>;
}

export function newLoad(id: number, now: Date = new Date()): Load {
  return {
    id,
    startedAt: now,
    read: 0,
    filtered: 0,
    quarantined: 0,
    bytes: 0,
    discardedChildren: 0,
    failed: new Map(),
  };
}

/** Whether a load has grown or lasted enough to be committed at the next checkpoint. */
export function commitIsDue(load: Load, limits: CommitLimits, now: Date = new Date()): boolean {
  return load.bytes >= limits.bytes || now.getTime() - load.startedAt.getTime() >= limits.seconds * 1000;
}

/**
 * The ledger row of a load: what the source gave against what the destination counted.
 * @throws SystemError `ledger.mismatch` unless read = written + filtered + deduplicated + quarantined
 */
export function balance(load: Load, staged: Staged, run: { id: string; stateBefore: Json | undefined }): Ledger {
  const { read, filtered, quarantined, bytes, startedAt } = load;
  const { written, deduplicated } = staged;
  if (read !== written + filtered + deduplicated + quarantined) {
    throw new SystemError(
      "ledger.mismatch",
      `load ${load.id} does not add up: read ${read} ≠ written ${written} + filtered ${filtered} + deduplicated ${deduplicated} + quarantined ${quarantined}`,
      { hint: "nothing of the load was committed; please report this" },
    );
  }
  return {
    runId: run.id,
    stateBefore: run.stateBefore,
    startedAt,
    read,
    written,
    filtered,
    deduplicated,
    quarantined,
    bytes,
  };
}
