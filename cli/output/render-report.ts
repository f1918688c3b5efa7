import type { ConnectionReport, RunReport, StreamReport } from "../../core/sync/report.js";
import type { StreamProgress } from "../progress/stream-progress.js";
import type { Palette } from "./palette.js";
import { counted, formatBytes, formatCount, formatDuration, formatShort } from "./quantities.js";
import { renderRecord } from "./render-error.js";
import { renderTable, type TableColumn } from "./table.js";

export interface ReportView {
  /** For the times of the streams. */
  readonly progress: readonly StreamProgress[];
  readonly paint: Palette;
  /** The width of the terminal; undefined: as wide as need be. */
  readonly width: number | undefined;
}

/** What a run did, for people: a table of the streams, what went wrong, and one closing line. */
export function renderReport(report: RunReport, view: ReportView): string {
  const several = report.connections.length > 1;
  const sections = report.connections.map((connection) => {
    const title = several ? `${view.paint.bold(connection.connection)}\n` : "";
    return title + renderConnection(connection, view);
  });
  return `\n${sections.join("")}${closing(report, view.paint)}\n`;
}

// What the columns beside the two names take.
const otherColumns = 72;

function renderConnection({ connection, streams, error }: ConnectionReport, view: ReportView): string {
  const { progress, paint, width } = view;
  const nameWidth = width === undefined ? Number.POSITIVE_INFINITY : Math.max(16, (width - otherColumns) >> 1);
  const took = (stream: string) => progress.find((one) => one.connection === connection && one.stream === stream);
  const errors = [error, ...streams.map((stream) => stream.error)].filter((one) => one !== null);
  const leftOut = (["filtered", "deduplicated", "quarantined", "deleted"] as const).filter((count) =>
    streams.some((s) => (s[count] ?? 0) > 0),
  );
  const columns: TableColumn[] = [
    { title: "stream" },
    { title: "table" },
    { title: "read" },
    { title: "write" },
    { title: "rows", align: "right" },
    ...leftOut.map((title): TableColumn => ({ title, align: "right" })),
    { title: "size", align: "right" },
    { title: "time", align: "right" },
  ];
  const rows = streams.map((stream) => [
    `${mark(stream, paint)} ${shortened(stream.stream, nameWidth)}`,
    shortened(stream.table, nameWidth),
    paint.dim(stream.read_mode),
    paint.dim(stream.write_mode),
    formatCount(stream.written),
    ...leftOut.map((count) => formatCount(stream[count] ?? 0)),
    sizeOf(stream.bytes),
    elapsed(took(stream.stream)),
  ]);
  const table = streams.length === 0 ? "" : `${renderTable(columns, rows, paint)}\n`;
  const changes = streams.flatMap(({ stream, drift }) =>
    drift.map(({ column_name: column, change, decision }) => {
      const what = column === null ? stream : `${stream}.${column}`;
      return `  ${paint.warn("~")} ${what}: ${change}  ${paint.dim(decision)}\n`;
    }),
  );
  const drift = changes.length === 0 ? "" : `${changes.join("")}\n`;
  const judged = verdicts(streams, paint);
  return (
    table +
    drift +
    judged +
    quarantineHint(connection, streams, paint) +
    errors.map((one) => `${renderRecord(one, paint)}\n`).join("")
  );
}

/** Rules that failed without stopping anything: what a run does not end on is seen here or nowhere. */
function verdicts(streams: readonly StreamReport[], paint: Palette): string {
  const failed = streams.flatMap(({ stream, rules }) =>
    rules.filter((rule) => rule.failed > 0 && rule.action !== "fail").map((rule) => ({ stream, ...rule })),
  );
  const lines = failed.map(({ stream, rule, failed: count, action }) => {
    return `  ${paint.warn("!")} ${stream}: ${rule} failed ${counted(count, "time")}  ${paint.dim(action)}\n`;
  });
  return lines.length === 0 ? "" : `${lines.join("")}\n`;
}

function quarantineHint(connection: string, streams: readonly StreamReport[], paint: Palette): string {
  const rows = streams.reduce((sum, { quarantined }) => sum + quarantined, 0);
  if (rows === 0) return "";
  return `  ${paint.warn("!")} ${counted(rows, "row")} went to quarantine: ${paint.accent(`sluice quarantine list ${connection}`)}\n\n`;
}

function closing(report: RunReport, paint: Palette): string {
  const streams = report.connections.flatMap((connection) => connection.streams);
  const sum = (of: (stream: StreamReport) => number) => streams.reduce((total, stream) => total + of(stream), 0);
  const milliseconds = Date.parse(report.ended_at) - Date.parse(report.started_at);
  const written = sum((stream) => stream.written);
  const done = streams.filter((stream) => stream.status === "succeeded").length;
  const rate =
    milliseconds > 1000 && written >= 10_000 ? `, ${formatShort((written / milliseconds) * 1000)} rows/s` : "";
  const size = sizeOf(sum((stream) => stream.bytes));
  const facts = `${counted(written, "row")}${size && `, ${size}`} in ${formatDuration(milliseconds)}${rate}`;
  switch (report.status) {
    case "succeeded":
      return `${paint.good("✓")} ${counted(done, "stream")}, ${facts}`;
    case "partial": {
      const failed = streams.length - done + report.connections.filter(({ error }) => error !== null).length;
      return `${paint.warn("!")} partial: ${counted(done, "stream")} done, ${failed} failed; ${facts}`;
    }
    case "failed":
      return `${paint.bad("✗")} failed after ${formatDuration(milliseconds)}; ${counted(written, "row")} committed`;
    case "cancelled":
      return `${paint.warn("■")} interrupted: ${counted(written, "row")} committed, the rest rolled back; the same command goes on`;
  }
}

/** Nothing where a scan did not pass its bytes through here. */
function sizeOf(bytes: number): string {
  return bytes === 0 ? "" : formatBytes(bytes);
}

function mark(stream: StreamReport, paint: Palette): string {
  if (stream.status === "succeeded") return paint.good("✓");
  return stream.status === "failed" ? paint.bad("✗") : paint.warn("■");
}

function elapsed(stream: StreamProgress | undefined): string {
  return stream?.endedAt === undefined ? "" : formatDuration(stream.endedAt - stream.startedAt);
}

function shortened(name: string, width: number): string {
  return name.length > width ? `${name.slice(0, width - 1)}…` : name;
}
