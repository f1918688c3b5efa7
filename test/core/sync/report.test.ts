import { describe, expect, it } from "vitest";
import {
  type ConnectionReport,
  connectionStatus,
  type ReportedError,
  runOutcome,
  type StreamReport,
} from "../../../core/sync/report.js";

const error = (kind: ReportedError["kind"]): ReportedError => ({ kind, code: "test.reason", message: "…" });

function stream(status: StreamReport["status"], failure: ReportedError | null = null): StreamReport {
  const counts = { read: 0, written: 0, filtered: 0, deduplicated: 0, quarantined: 0, bytes: 0 };
  const names = { stream: "s", table: "t", read_mode: "full_refresh", write_mode: "append" } as const;
  return { ...names, ...counts, status, loads: [], drift: [], rules: [], error: failure };
}

function connection(...streams: StreamReport[]): ConnectionReport {
  return { connection: "c", status: connectionStatus(streams, null), streams, error: null };
}

describe("the outcome of a run", () => {
  it("is 0 when every stream succeeded", () => {
    expect(runOutcome([connection(stream("succeeded"), stream("succeeded"))])).toEqual({
      status: "succeeded",
      exit_code: 0,
    });
  });

  it("is partial, 8, when some failed", () => {
    const mixed = connection(stream("succeeded"), stream("failed", error("data")));
    expect(runOutcome([mixed])).toEqual({ status: "partial", exit_code: 8 });
  });

  it.each([
    ["system", 1],
    ["config", 3],
    ["transient", 4],
    ["data", 9],
  ] as const)("of a %s failure alone is %i", (kind, code) => {
    expect(runOutcome([connection(stream("failed", error(kind)))])).toEqual({ status: "failed", exit_code: code });
  });

  it("is 7 where another run has taken over, and nothing else was the matter", () => {
    const fenced = stream("failed", { ...error("transient"), code: "destination.fenced" });
    expect(runOutcome([connection(fenced, fenced)]).exit_code).toBe(7);
    expect(runOutcome([connection(fenced, stream("failed", error("transient")))]).exit_code).toBe(4);
  });

  it("is partial when one connection failed whole and another succeeded", () => {
    const failed: ConnectionReport = { connection: "d", status: "failed", streams: [], error: error("config") };
    expect(runOutcome([connection(stream("succeeded")), failed]).exit_code).toBe(8);
  });

  it("is the gravest kind's when all failed: what no retry mends before what one may", () => {
    const failed = connection(stream("failed", error("transient")), stream("failed", error("config")));
    expect(runOutcome([failed]).exit_code).toBe(3);
  });

  it("is cancelled, 5, whatever else happened", () => {
    expect(runOutcome([connection(stream("succeeded"), stream("cancelled"))])).toEqual({
      status: "cancelled",
      exit_code: 5,
    });
  });
});
