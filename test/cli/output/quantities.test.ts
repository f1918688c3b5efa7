import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counted, formatBytes, formatCount, formatDuration, formatShort } from "../../../cli/output/quantities.js";

describe("quantities", () => {
  it("writes counts, rates, sizes and times as people read them", () => {
    expect(formatCount(1_234_567)).toBe("1,234,567");
    expect([0, 999, 1000, 9_940, 81_234, 3_200_000, 2e9].map(formatShort)).toEqual([
      "0",
      "999",
      "1.0k",
      "9.9k",
      "81k",
      "3.2M",
      "2.0G",
    ]);
    expect([0, 81, 1200, 388_000_000].map(formatBytes)).toEqual(["0 B", "81 B", "1.2 kB", "388 MB"]);
    expect([420, 3_800, 38_000, 252_000, 7_380_000].map(formatDuration)).toEqual([
      "0.42 s",
      "3.8 s",
      "38 s",
      "4 m 12 s",
      "2 h 03 m",
    ]);
    expect([counted(1, "stream"), counted(2, "stream")]).toEqual(["1 stream", "2 streams"]);
  });

  it("never writes sixty seconds or a thousand of a unit that has a next one", () => {
    fc.assert(
      fc.property(fc.nat(100 * 3_600_000), (milliseconds) => {
        expect(formatDuration(milliseconds)).not.toMatch(/\b60 [sm]/);
      }),
    );
  });

  it("stays short whatever the size", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(formatBytes(bytes).length).toBeLessThanOrEqual(7);
      }),
    );
  });
});
