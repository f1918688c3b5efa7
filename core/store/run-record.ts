import type { RunEvent } from "../sync/events.js";
import type { RunReport } from "../sync/report.js";

/** Who started something, and where. */
export interface Origin {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
}

/** A run that goes on, or was killed: its end was never told. */
export interface BegunRun {
  readonly kind: "begun_run";
  readonly run_id: string;
  readonly started_at: string;
  /** Connections by name. */
  readonly connections: readonly string[];
  readonly origin: Origin;
}

/** A run that has ended: what it reported, and what happened on the way. */
export interface RunRecord {
  readonly kind: "run";
  readonly report: RunReport;
  readonly origin: Origin;
  readonly events: readonly RunEventRecord[];
}

export interface RunEventRecord {
  readonly at: string;
  readonly event: RunEvent;
}

/** A change that somebody made to a committed state. */
export interface StateChangeRecord {
  readonly kind: "state_change";
  readonly id: string;
  readonly at: string;
  readonly origin: Origin;
  readonly connection: string;
  readonly stream: string;
  /** `set`, `rewind`, `reset`, `import`, `accept`. */
  readonly action: string;
  /** The committed states as they stand at the destination; null: none. */
  readonly before: unknown;
  readonly after: unknown;
}

export type HistoryRecord = RunRecord | StateChangeRecord;
