import { expect, it } from "vitest";
import { palette } from "../../../cli/output/palette.js";
import { renderReport } from "../../../cli/output/render-report.js";
import type { RunReport, StreamReport } from "../../../core/sync/report.js";

const clean: StreamReport = {
  ...{
    stream: "orders",
    table: "shop.orders",
    status: "succeeded",
    read_mode: "full_refresh",
    write_mode: "overwrite",
  },
  ...{ read: 10, written: 10, filtered: 0, deduplicated: 0, quarantined: 0, bytes: 100, loads: [1] },
  ...{ drift: [], rules: [{ rule: "unique(id)", failed: 0, action: "fail" }], error: null },
};

function reported(stream: Partial<StreamReport>): string {
  const report: RunReport = {
    ...{ run_id: "r", status: "succeeded", exit_code: 0 },
    ...{ started_at: "2024-01-01T00:00:00Z", ended_at: "2024-01-01T00:00:01Z" },
    connections: [{ connection: "shop", status: "succeeded", streams: [{ ...clean, ...stream }], error: null }],
  };
  return renderReport(report, { progress: [], paint: palette({ isTTY: false }, {}, false), width: undefined });
}

it("says of a clean run what was written, and nothing else", () => {
  expect(reported({})).toMatch(/✓ orders.*10.*100 B/);
  expect(reported({})).not.toContain("!");
});

it("says how many rows were gone from the source, where there were any", () => {
  expect(reported({ deleted: 6 })).toMatch(/rows +deleted.*\n.*✓ orders.* 10 +6 /);
  expect(reported({ deleted: 0 })).not.toContain("deleted");
});

it("names rules that failed without stopping the run, and where the rows are that they keep out", () => {
  const text = reported({
    ...{ written: 9, quarantined: 1 },
    rules: [
      { rule: "not_null(email)", failed: 1, action: "quarantine" },
      { rule: "row_count", failed: 2, action: "warn" },
      { rule: "unique(id)", failed: 3, action: "fail" },
    ],
  });
  expect(text).toContain("! orders: not_null(email) failed 1 time  quarantine\n");
  expect(text).toContain("! orders: row_count failed 2 times  warn\n");
  expect(text).not.toContain("unique(id)");
  expect(text).toContain("! 1 row went to quarantine: sluice quarantine list shop\n");
});
