import type { Cli } from "../cli.js";
import { logLine } from "../output/log-line.js";
import { lineView } from "./line-view.js";
import { liveView } from "./live-view.js";
import type { ProgressView } from "./progress-view.js";
import { advance, type StreamProgress } from "./stream-progress.js";

/** The view that fits: live on a terminal, lines elsewhere, nothing with --quiet. Log lines are shown by any but the last. */
export function showProgress(cli: Cli): ProgressView {
  const view = viewFor(cli);
  const farewell = cli.paintErr.dim("interrupted: rolling back what is not committed; once more exits at once");
  cli.interruption.signal.addEventListener("abort", () => view.note(farewell), { once: true });
  return {
    ...view,
    onEvent(event) {
      if (event.type !== "log") return view.onEvent(event);
      const line = logLine(event, cli);
      if (line !== undefined) view.note(line);
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
