import type { Palette } from "../output/palette.js";
import { formatBytes, formatCount, formatDuration, formatShort } from "../output/quantities.js";
import { remaining, type StreamProgress, shareOf, speedOf } from "./stream-progress.js";

export interface Frame {
  readonly streams: readonly StreamProgress[];
  readonly now: number;
  /** The terminal's width and height. */
  readonly columns: number;
  readonly rows: number;
  readonly paint: Palette;
}

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const barWidth = 20;

/** The live view as lines that fit the terminal: the streams that run, and as many of the finished as there is room for. */
export function renderFrame(frame: Frame): string[] {
  const { streams, rows, paint } = frame;
  const room = Math.max(3, rows - 4);
  const running = streams.filter((stream) => stream.status === "running").slice(0, room);
  const finished = streams.filter((stream) => stream.status !== "running");
  const shown = finished.slice(Math.max(0, finished.length - (room - running.length)));
  const hidden = finished.length - shown.length;
  const nameWidth = Math.min(40, Math.max(12, ...[...shown, ...running].map((stream) => stream.stream.length)));
  return [
    ...(hidden > 0 ? [paint.dim(`  … ${formatCount(hidden)} more done`)] : []),
    ...shown.map((stream) => finishedLine(stream, nameWidth, frame)),
    ...running.map((stream) => runningLine(stream, nameWidth, frame)),
  ];
}

function finishedLine(stream: StreamProgress, nameWidth: number, frame: Frame): string {
  const { paint } = frame;
  const mark =
    stream.status === "succeeded" ? paint.good("✓") : stream.status === "failed" ? paint.bad("✗") : paint.warn("■");
  const parts = [...totals(stream), formatDuration((stream.endedAt ?? frame.now) - stream.startedAt).padStart(9)];
  return `${mark} ${fitted(stream.stream, nameWidth)}  ${paint.dim(cut(parts, frame.columns - nameWidth - 4))}`;
}

function runningLine(stream: StreamProgress, nameWidth: number, frame: Frame): string {
  const { paint, now, columns } = frame;
  const turn = spinner[Math.floor(now / 100) % spinner.length]!;
  const speed = speedOf(stream, now);
  const share = stream.rows === 0 ? undefined : shareOf(stream);
  const left = remaining(stream, now);
  const percent = share === undefined ? "" : `${Math.floor(share * 100)}%`.padStart(4);
  const facts =
    stream.rows === 0
      ? [formatDuration(now - stream.startedAt)]
      : [
          ...totals(stream),
          `${formatShort(speed.rows)} rows/s`.padStart(11),
          `${formatBytes(speed.bytes)}/s`.padStart(9),
          ...(left === undefined ? [] : [`${formatDuration(left)} left`]),
        ];
  const room = columns - nameWidth - 4;
  const barFits = share !== undefined && room > facts.join("  ").length + barWidth + 7;
  const bar = barFits ? `${renderBar(share, paint)} ${percent}  ` : "";
  const rest = barFits ? cut(facts, room - barWidth - 7) : cut([percent, ...facts], room);
  return `${paint.accent(turn)} ${paint.bold(fitted(stream.stream, nameWidth))}  ${bar}${rest}`;
}

function totals({ rows, bytes }: StreamProgress): string[] {
  return [`${formatCount(rows)} rows`.padStart(16), formatBytes(bytes).padStart(7)];
}

function renderBar(share: number, paint: Palette): string {
  const full = Math.round(share * barWidth);
  return paint.accent("━".repeat(full)) + paint.dim("━".repeat(barWidth - full));
}

/** As many whole facts as fit. */
function cut(facts: readonly string[], width: number): string {
  let line = "";
  for (const fact of facts) {
    const longer = line === "" ? fact : `${line}  ${fact}`;
    if (longer.length > width) break;
    line = longer;
  }
  return line;
}

function fitted(name: string, width: number): string {
  return name.length > width ? `${name.slice(0, width - 1)}…` : name.padEnd(width);
}
