import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { palette } from "../../../cli/output/palette.js";
import { renderFrame } from "../../../cli/progress/live-frame.js";
import { advance, type StreamProgress } from "../../../cli/progress/stream-progress.js";
import type { RunEvent } from "../../../core/sync/events.js";

const paint = palette({ isTTY: true }, { NO_COLOR: "1" }, true);
const names = { connection: "shop" };

describe("the live view", () => {
  it("shows how far a stream is, how fast, and how long it will take", () => {
    const streams = streamsAfter([
      [0, started("public.orders", 1000)],
      [2000, progress("public.orders", 500, 50_000)],
    ]);
    expect(frame(streams, 2000, 110)).toEqual([
      "⠋ public.orders  ━━━━━━━━━━━━━━━━━━━━  50%          500 rows    50 kB   250 rows/s    25 kB/s  2.0 s left",
    ]);
  });

  it("shows the time while nothing is known of the rows", () => {
    const streams = streamsAfter([[0, started("public.orders", 1000)]]);
    expect(frame(streams, 2000, 110)).toEqual(["⠋ public.orders  2.0 s"]);
  });

  it("keeps the finished streams that there is room for", () => {
    const streams = Array.from({ length: 30 }, (_, index) => finished(`s${index}`));
    const lines = frame(streams, 0, 80, 10);
    expect(lines).toHaveLength(7);
    expect(lines[0]).toBe("  … 24 more done");
    expect(lines.at(-1)).toMatch(/^✓ s29 /);
  });

  it("claims no share once the source's estimate proves too small", () => {
    const streams = streamsAfter([
      [0, started("t", 100)],
      [2000, progress("t", 101, 1)],
    ]);
    expect(frame(streams, 2000, 110)[0]).not.toContain("%");
  });

  it("never writes a line wider than the terminal, nor more lines than it has", () => {
    const stream = fc.record({
      name: fc.string({ minLength: 1, maxLength: 80 }),
      rows: fc.maxSafeNat(),
      estimated: fc.option(fc.maxSafeNat(), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.array(stream),
        fc.integer({ min: 60, max: 200 }),
        fc.integer({ min: 8, max: 60 }),
        (all, columns, rows) => {
          const streams = streamsAfter(
            all.flatMap(({ name, rows: count, estimated }) => [
              [0, started(name, estimated)],
              [3000, progress(name, count, count)],
            ]),
          );
          const lines = frame(streams, 3000, columns, rows);
          expect(lines.length).toBeLessThan(rows);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});

function streamsAfter(events: [number, RunEvent][]): readonly StreamProgress[] {
  return events.reduce<readonly StreamProgress[]>((streams, [at, event]) => advance(streams, event, at), []);
}

function frame(streams: readonly StreamProgress[], now: number, columns: number, rows = 24): string[] {
  return renderFrame({ streams, now, columns, rows, paint });
}

function started(stream: string, estimatedRows: number | undefined): RunEvent {
  return { type: "stream_started", ...names, stream, table: stream, estimatedRows, estimatedBytes: undefined };
}

function progress(stream: string, rows: number, bytes: number): RunEvent {
  return { type: "progress", ...names, stream, rows, bytes };
}

function finished(stream: string): StreamProgress {
  const [running] = streamsAfter([[0, started(stream, 10)]]);
  return { ...running!, status: "succeeded", rows: 10, endedAt: 1000 };
}
