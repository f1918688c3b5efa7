import type { Cli } from "../cli.js";
import { renderFrame } from "./live-frame.js";
import type { ProgressView } from "./progress-view.js";
import { advance, type StreamProgress } from "./stream-progress.js";

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const eraseBelow = "\u001b[0J";

/** A view that is repainted in place ten times a second, on a terminal. It leaves nothing behind. */
export function liveView({ stderr, paintErr }: Cli): ProgressView {
  let streams: readonly StreamProgress[] = [];
  let painted = 0;
  const timer = setInterval(paint, 100);
  timer.unref();
  // Also where the process ends at once.
  process.once("exit", () => stderr.write(showCursor));
  stderr.write(hideCursor);

  function erased(): string {
    return (painted > 0 ? `\u001b[${painted}A\r` : "\r") + eraseBelow;
  }

  function paint(): void {
    const { columns = 80, rows = 24 } = stderr;
    const lines = renderFrame({ streams, now: performance.now(), columns, rows, paint: paintErr });
    // One write a frame, so that the terminal never shows half of one.
    stderr.write(erased() + lines.map((line) => `${line}\n`).join(""));
    painted = lines.length;
  }

  return {
    onEvent(event) {
      streams = advance(streams, event, performance.now());
    },
    note(line) {
      stderr.write(`${erased()}${line}\n`);
      painted = 0;
      paint();
    },
    streams: () => streams,
    end() {
      clearInterval(timer);
      stderr.write(erased() + showCursor);
      painted = 0;
    },
  };
}
