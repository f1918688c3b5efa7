import type { RunEvent } from "../../core/sync/events.js";

/** How far one stream is. Times are milliseconds of one clock. */
export interface StreamProgress {
  readonly connection: string;
  readonly stream: string;
  readonly status: "running" | "succeeded" | "failed" | "cancelled";
  readonly rows: number;
  readonly bytes: number;
  readonly estimatedRows: number | undefined;
  readonly estimatedBytes: number | undefined;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** The last few seconds, oldest first: what the present speed is measured by. */
  readonly recent: readonly Sample[];
}

interface Sample {
  readonly at: number;
  readonly rows: number;
  readonly bytes: number;
}

const windowMilliseconds = 4000;

/** The progress of all streams after one more event, in the order they began. */
export function advance(streams: readonly StreamProgress[], event: RunEvent, now: number): readonly StreamProgress[] {
  switch (event.type) {
    case "stream_started":
      return [...streams, started(event, now)];
    case "progress":
      return changed(streams, event, (stream) => ({
        ...stream,
        rows: event.rows,
        bytes: event.bytes,
        recent: withSample(stream.recent, { at: now, rows: event.rows, bytes: event.bytes }),
      }));
    case "stream_finished": {
      const { status, read, bytes } = event.report;
      return changed(streams, event, (stream) => ({ ...stream, status, rows: read, bytes, endedAt: now }));
    }
    default:
      return streams;
  }
}

/** Rows and bytes a second: over the last seconds while it runs, over all of it at the end. */
export function speedOf(stream: StreamProgress, now: number): { rows: number; bytes: number } {
  const from = stream.endedAt === undefined ? stream.recent[0]! : { at: stream.startedAt, rows: 0, bytes: 0 };
  const seconds = Math.max((stream.endedAt ?? now) - from.at, 1) / 1000;
  return { rows: (stream.rows - from.rows) / seconds, bytes: (stream.bytes - from.bytes) / seconds };
}

/** The share that is read, 0 to 1, by the source's own statistics; undefined where it has none or was wrong. */
export function shareOf({ rows, bytes, estimatedRows, estimatedBytes }: StreamProgress): number | undefined {
  const share = estimatedRows ? rows / estimatedRows : estimatedBytes ? bytes / estimatedBytes : undefined;
  return share === undefined || share > 1 ? undefined : share;
}

/** Milliseconds until the end at the speed so far. */
export function remaining(stream: StreamProgress, now: number): number | undefined {
  const share = shareOf(stream);
  const elapsed = now - stream.startedAt;
  return share === undefined || share < 0.01 || elapsed < 1000 ? undefined : (elapsed / share) * (1 - share);
}

function started(event: Extract<RunEvent, { type: "stream_started" }>, now: number): StreamProgress {
  const { connection, stream, estimatedRows, estimatedBytes } = event;
  const recent = [{ at: now, rows: 0, bytes: 0 }];
  const progress = { rows: 0, bytes: 0, startedAt: now, endedAt: undefined, recent };
  return { connection, stream, status: "running", estimatedRows, estimatedBytes, ...progress };
}

function changed(
  streams: readonly StreamProgress[],
  { connection, stream }: { readonly connection: string; readonly stream: string },
  change: (stream: StreamProgress) => StreamProgress,
): readonly StreamProgress[] {
  return streams.map((one) => (one.connection === connection && one.stream === stream ? change(one) : one));
}

function withSample(recent: readonly Sample[], sample: Sample): readonly Sample[] {
  const kept = recent.filter((one, index) => sample.at - one.at <= windowMilliseconds || index === recent.length - 1);
  return [...kept, sample];
}
