import type { RunRecord } from "../../core/store/run-record.js";
import type { ReportedError, RunStatus, StreamReport } from "../../core/sync/report.js";
import type { Palette } from "./palette.js";
import { formatCount, formatDuration } from "./quantities.js";
import { renderReport } from "./render-report.js";
import { renderTable } from "./table.js";

/** A run in a line: of `sluice runs --json`. */
export interface RunSummary {
  readonly run_id: string;
  /** `running` has not ended; `lost` was killed before it could say how it ended. */
  readonly status: RunStatus | "running" | "lost";
  readonly exit_code: number | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly user: string;
  readonly host: string;
  readonly connections: readonly string[];
  readonly read: number | null;
  readonly written: number | null;
  readonly filtered: number | null;
  readonly deduplicated: number | null;
  readonly quarantined: number | null;
  readonly errors: readonly ReportedError[];
}

const counts = ["read", "written", "filtered", "deduplicated", "quarantined"] as const;

export function runSummary({ report, origin }: Omit<RunRecord, "events">): RunSummary {
  const { run_id, status, exit_code, started_at, ended_at, connections } = report;
  const streams = connections.flatMap((connection) => connection.streams);
  const sum = (count: (typeof counts)[number]) =>
    streams.reduce((total: number, stream: StreamReport) => total + stream[count], 0);
  const errors = connections.flatMap(({ error, streams: own }) => [error, ...own.map((stream) => stream.error)]);
  return {
    ...{ run_id, status, exit_code, started_at, ended_at },
    ...{ user: origin.user, host: origin.host },
    connections: connections.map(({ connection }) => connection),
    read: sum("read"),
    written: sum("written"),
    filtered: sum("filtered"),
    deduplicated: sum("deduplicated"),
    quarantined: sum("quarantined"),
    errors: errors.filter((error) => error !== null),
  };
}

/** `sluice runs show --json`: the report as `sync --json` printed it, with who ran it and what happened on the way. */
export function runDocument({ report, origin, events }: RunRecord) {
  const { user, host } = origin;
  return { ...report, user, host, events: events.map(({ at, event }) => ({ at, ...event })) };
}

export function renderRuns(runs: readonly RunSummary[], paint: Palette): string {
  if (runs.length === 0) return paint.dim("  nothing ran yet");
  const rows = runs.map((run) => [
    `${mark(run.status, paint)} ${run.run_id}`,
    shownTime(run.started_at),
    run.ended_at === null ? run.status : formatDuration(Date.parse(run.ended_at) - Date.parse(run.started_at)),
    run.connections.join(", "),
    ...[run.written, run.quarantined].map((count) => (count === null ? "" : formatCount(count))),
    run.errors[0]?.code ?? "",
  ]);
  const titles = ["run", "started", "took", "connections", "written", "quarantined", "error"];
  return renderTable(
    titles.map((title) => ({
      title,
      align: title === "written" || title === "quarantined" || title === "took" ? "right" : "left",
    })),
    rows,
    paint,
  );
}

/** One run, for people: its report and the events beside it. */
export function renderRun({ report, origin, events }: RunRecord, paint: Palette): string {
  const told = events.flatMap(({ at, event }) => {
    if (event.type !== "load_committed" && event.type !== "log") return [];
    const what = event.type === "log" ? event.message : `load ${event.loadId}: ${formatCount(event.written)} rows`;
    const where = event.type === "log" ? event.connection : event.stream;
    return [`  ${paint.dim(shownTime(at))} ${where}: ${what}\n`];
  });
  const head = `${paint.bold(report.run_id)}  ${shownTime(report.started_at)}  ${origin.user}@${origin.host}\n`;
  return `\n${head}${renderReport(report, { progress: [], paint, width: undefined })}${told.join("")}`;
}

function mark(status: RunSummary["status"], paint: Palette): string {
  if (status === "succeeded") return paint.good("✓");
  if (status === "running") return paint.accent("▸");
  return status === "failed" || status === "lost" ? paint.bad("✗") : paint.warn("!");
}

function shownTime(time: string): string {
  return time.slice(0, 19).replace("T", " ");
}
