import type { DriftRecord } from "../../sdk/drift-record.js";
import type { ErrorKind, ErrorRecord } from "../../sdk/errors.js";
import type { ReadMode, WriteMode } from "../../sdk/schema/stream.js";

/** What a run did: the document that `sluice sync --json` prints, field by field. */
export interface RunReport {
  readonly run_id: string;
  readonly status: RunStatus;
  readonly exit_code: number;
  readonly started_at: string;
  readonly ended_at: string;
  readonly connections: readonly ConnectionReport[];
}

export type RunStatus = "succeeded" | "partial" | "failed" | "cancelled";

export interface ConnectionReport {
  readonly connection: string;
  readonly status: RunStatus;
  readonly streams: readonly StreamReport[];
  /** What stopped the connection before its streams. */
  readonly error: ReportedError | null;
}

export interface StreamReport {
  readonly stream: string;
  readonly table: string;
  readonly status: "succeeded" | "failed" | "cancelled";
  readonly read_mode: ReadMode;
  readonly write_mode: WriteMode;
  readonly read: number;
  readonly written: number;
  readonly filtered: number;
  readonly deduplicated: number;
  readonly quarantined: number;
  readonly bytes: number;
  /** Where deletes are looked for: rows that were gone from the source. They are no part of the counts above. */
  readonly deleted?: number;
  /** Where a drift policy left out rows of child tables: how many. They are no part of the counts above. */
  readonly child_rows_discarded?: number;
  /** The ids of the loads committed. */
  readonly loads: readonly number[];
  /** Changes at the source, and what was decided about them. */
  readonly drift: readonly ReportedDrift[];
  readonly rules: readonly RuleReport[];
  readonly error: ReportedError | null;
}

/** A quality rule in force, and for how many rows it failed. */
export interface RuleReport {
  readonly rule: string;
  readonly failed: number;
  readonly action: "warn" | "quarantine" | "fail";
}

/** As `_sluice_drift` has it. */
export interface ReportedDrift {
  readonly entity: DriftRecord["entity"];
  readonly column_name: string | null;
  readonly change: string;
  readonly decision: string;
}

export function reportedDrift({ entity, columnName, change, decision }: DriftRecord): ReportedDrift {
  return { entity, column_name: columnName ?? null, change, decision };
}

export type ReportedError = Omit<ErrorRecord, "stack">;

export function reportedError({ stack: _, ...error }: ErrorRecord): ReportedError {
  return error;
}

/** The exit code of a failure of each kind, as docs/cli.md lists them. */
export const exitCodes: Readonly<Record<ErrorKind, number>> = { system: 1, config: 3, transient: 4, data: 9 };
/** Whose failure gives the code where several failed: system before config, which no retry mends, before data and transient. */
const gravest: readonly ErrorKind[] = ["system", "config", "data", "transient"];
const exitPartial = 8;
/** Another run of the connection has taken over: a retry would only take over from that. */
const exitConflict = 7;
export const exitCancelled = 5;

export function connectionStatus(streams: readonly StreamReport[], error: ReportedError | null): RunStatus {
  return overall([...streams.map((stream) => stream.status), ...(error === null ? [] : ["failed" as const])]);
}

/** The status and exit code of a run: what failed alone gives its kind's code, what failed beside successes is partial. */
export function runOutcome(connections: readonly ConnectionReport[]): { status: RunStatus; exit_code: number } {
  const status = overall(connections.map((connection) => connection.status));
  switch (status) {
    case "succeeded":
      return { status, exit_code: 0 };
    case "partial":
      return { status, exit_code: exitPartial };
    case "cancelled":
      return { status, exit_code: exitCancelled };
    case "failed":
      return { status, exit_code: failureCode(errorsOf(connections)) };
  }
}

/** The exit code of what failed; 0 where nothing did. */
export function failureCode(errors: readonly (Pick<ReportedError, "kind" | "code"> | null)[]): number {
  const found = errors.filter((error) => error !== null);
  if (found.length > 0 && found.every(({ code }) => code === "destination.fenced")) return exitConflict;
  const kind = gravest.find((candidate) => found.some((error) => error.kind === candidate));
  return kind === undefined ? 0 : exitCodes[kind];
}

function errorsOf(connections: readonly ConnectionReport[]): ReportedError[] {
  return connections.flatMap(({ error, streams }) => [error, ...streams.map((s) => s.error)]).filter((e) => e !== null);
}

function overall(parts: readonly RunStatus[]): RunStatus {
  if (parts.includes("cancelled")) return "cancelled";
  if (parts.every((part) => part === "succeeded")) return "succeeded";
  return parts.every((part) => part === "failed") ? "failed" : "partial";
}
