import type { BatchLimits } from "../../sdk/batch/batch.js";
import type { Capabilities, Ledger } from "../../sdk/destination.js";
import type { DriftRecord } from "../../sdk/drift-record.js";
import type { Inference } from "../../sdk/source.js";
import type { Learned } from "../nested/learned.js";
import type { ExpressionEngine } from "../transform/engine.js";
import type { Aside } from "./aside.js";
import type { Load } from "./load.js";
import type { CommitLimits } from "./plan.js";
import type { StreamState } from "./stream-state.js";

/** What one stream's sync is given by its run, and where it counts what it did. */
export interface StreamRun {
  readonly id: string;
  readonly connection: string;
  readonly commit: CommitLimits;
  /** Read from the beginning and rebuild the table. */
  readonly fullRefresh: boolean;
  readonly naming: Pick<Capabilities, "maxIdentifierBytes" | "caseInsensitive">;
  readonly scans: boolean;
  readonly inference: Inference;
  readonly batch: BatchLimits;
  readonly parallelism: number;
  readonly signal: AbortSignal;
  /** The committed state as the run found it. */
  readonly saved: StreamState | undefined;
  /** What was decided about the table before its columns were looked at; goes into the first load. */
  readonly tableDrift: readonly DriftRecord[];
  readonly tally: Tally;
  /** What is known of columns that are made on the way. */
  readonly learned: Learned;
  /** Set where the run is beside the stream's own reading. */
  readonly aside?: Aside;
  /** A folder for what the run needs on disk. */
  readonly workDir: string;
  /** Where expressions run. */
  readonly engine: ExpressionEngine;
  /** Called after each batch. */
  onProgress(): void;
  onCommit(loadId: number, written: number): void;
  onDrift(record: DriftRecord): void;
}

/** The totals of a stream's committed loads, and what the load under way has read so far. */
export interface Tally {
  read: number;
  written: number;
  filtered: number;
  deduplicated: number;
  quarantined: number;
  bytes: number;
  /** Rows of child tables that a policy left out. */
  discardedChildren: number;
  /** Rows removed since they are gone from the source. */
  deleted: number;
  readonly loads: number[];
  readonly drift: DriftRecord[];
  /** By rule: how many rows of the committed loads it failed for. */
  readonly rules: Map<string, number>;
  /** Rows and bytes of the load under way. */
  pending: { rows: number; bytes: number };
}

export function newTally(): Tally {
  return {
    read: 0,
    written: 0,
    filtered: 0,
    deduplicated: 0,
    quarantined: 0,
    bytes: 0,
    discardedChildren: 0,
    deleted: 0,
    loads: [],
    drift: [],
    rules: new Map(),
    pending: { rows: 0, bytes: 0 },
  };
}

/** Adds a committed load. */
export function addToTally(
  tally: Tally,
  load: Pick<Load, "id" | "failed" | "discardedChildren">,
  ledger: Ledger,
): void {
  const { id, failed } = load;
  tally.discardedChildren += load.discardedChildren;
  for (const field of ["read", "written", "filtered", "deduplicated", "quarantined", "bytes"] as const) {
    tally[field] += ledger[field];
  }
  for (const [rule, rows] of failed) tally.rules.set(rule, (tally.rules.get(rule) ?? 0) + rows);
  tally.loads.push(id);
  tally.pending = { rows: 0, bytes: 0 };
}
