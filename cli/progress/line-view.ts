import type { RunEvent } from "../../core/sync/events.js";
import type { Cli } from "../cli.js";
import { clock, errorLine } from "../output/log-line.js";
import { counted, formatBytes, formatDuration, formatShort } from "../output/quantities.js";
import type { ProgressView } from "./progress-view.js";
import { advance, remaining, type StreamProgress, shareOf, speedOf } from "./stream-progress.js";

const everyMilliseconds = 5000;

/** A line now and then, for logs and pipes: how far each running stream is, and how it ended. */
export function lineView(cli: Cli): ProgressView {
  const write = cli.options.logFormat === "json" ? jsonLine : textLine;
  let streams: readonly StreamProgress[] = [];
  const tell = (stream: StreamProgress) => cli.stderr.write(`${write(stream, performance.now())}\n`);
  const note = (line: string) => void cli.stderr.write(`${line}\n`);
  // Where no report for people follows on stdout.
  const errorsAreLogged = cli.options.json || cli.options.logFormat === "json";
  const timer = setInterval(
    () => streams.filter((stream) => stream.status === "running").forEach(tell),
    everyMilliseconds,
  );
  timer.unref();
  return {
    onEvent(event: RunEvent) {
      streams = advance(streams, event, performance.now());
      if (event.type !== "stream_finished" && event.type !== "connection_finished") return;
      if (event.type === "stream_finished") {
        streams.filter((one) => one.connection === event.connection && one.stream === event.stream).forEach(tell);
      }
      const { error } = event.report;
      if (error !== null && errorsAreLogged) note(errorLine(error, event.connection, cli));
    },
    note,
    streams: () => streams,
    end: () => clearInterval(timer),
  };
}

function textLine(stream: StreamProgress, now: number): string {
  const { rows, bytes } = speedOf(stream, now);
  const share = shareOf(stream);
  const left = remaining(stream, now);
  const running = stream.endedAt === undefined;
  const facts = [
    counted(stream.rows, "row"),
    `${formatShort(rows)} rows/s`,
    ...(stream.bytes > 0 ? [formatBytes(stream.bytes), `${formatBytes(bytes)}/s`] : []),
    ...(running && share !== undefined ? [`${Math.floor(share * 100)}%`] : []),
    ...(running && left !== undefined ? [`${formatDuration(left)} left`] : []),
    ...(running ? [] : [`in ${formatDuration(stream.endedAt! - stream.startedAt)}`]),
  ];
  return `${clock()} ${stream.connection} ${stream.stream} ${stream.status}: ${facts.join(", ")}`;
}

function jsonLine(stream: StreamProgress, now: number): string {
  const speed = speedOf(stream, now);
  return JSON.stringify({
    time: new Date().toISOString(),
    level: stream.status === "failed" ? "error" : "info",
    event: stream.endedAt === undefined ? "progress" : "stream_finished",
    connection: stream.connection,
    stream: stream.stream,
    status: stream.status,
    rows: stream.rows,
    bytes: stream.bytes,
    rows_per_second: Math.round(speed.rows),
    bytes_per_second: Math.round(speed.bytes),
    share: shareOf(stream),
  });
}
