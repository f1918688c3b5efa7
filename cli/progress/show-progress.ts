import type { RunEvent } from "../../core/sync/events.js";
import type { LogLevel } from "../../sdk/context.js";
import type { Cli } from "../cli.js";
import { clock, lineView } from "./line-view.js";
import { liveView } from "./live-view.js";
import type { ProgressView } from "./progress-view.js";
import { advance, type StreamProgress } from "./stream-progress.js";

const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** The view that fits: live on a terminal, lines elsewhere, nothing with --quiet. Log lines are shown by any but the last. */
export function showProgress(cli: Cli): ProgressView {
  const view = viewFor(cli);
  const farewell = cli.paintErr.dim("interrupted: rolling back what is not committed; once more exits at once");
  cli.interruption.signal.addEventListener("abort", () => view.note(farewell), { once: true });
  return {
    ...view,
    onEvent(event) {
      if (event.type !== "log") return view.onEvent(event);
      const important = levels.indexOf(event.level) >= levels.indexOf(cli.options.logLevel);
      if (important) view.note(cli.redactor.redact(logLine(event, cli)));
    },
  };
}

function viewFor(cli: Cli): ProgressView {
  if (cli.options.quiet) return silent();
  const live = cli.stderr.isTTY && cli.options.logFormat === "text" && cli.env.TERM !== "dumb" && !cli.env.CI;
  return live ? liveView(cli) : lineView(cli);
}

function silent(): ProgressView {
  let streams: readonly StreamProgress[] = [];
  return {
    onEvent(event) {
      streams = advance(streams, event, performance.now());
    },
    note: () => {},
    streams: () => streams,
    end: () => {},
  };
}

function logLine(event: Extract<RunEvent, { type: "log" }>, { options, paintErr }: Cli): string {
  const { connection, level, message, fields } = event;
  if (options.logFormat === "json") {
    return JSON.stringify({ time: new Date().toISOString(), level, connection, message, ...fields });
  }
  const facts = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const mark = level === "error" ? paintErr.bad(level) : level === "warn" ? paintErr.warn(level) : paintErr.dim(level);
  return [clock(), connection, mark, message, ...facts].join(" ");
}
