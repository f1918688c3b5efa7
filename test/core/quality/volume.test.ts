import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeVolume, rowsByRun } from "../../../core/quality/volume.js";

const half = { type: "volume_anomaly", within: 0.5, over: 10 } as const;

describe("a run's volume", () => {
  test("is not judged before there are three earlier runs", () => {
    const verdict = judgeVolume(half, 0, [1000, 1000]);
    expect(verdict).toEqual({ fails: false, basis: "not judged: 2 of 3 earlier runs" });
  });

  test("may differ from the median by the part allowed, and no more", () => {
    const history = [90, 100, 5000];
    expect(judgeVolume(half, 50, history).fails).toBe(false);
    expect(judgeVolume(half, 49, history).fails).toBe(true);
    expect(judgeVolume(half, 150, history).fails).toBe(false);
    expect(judgeVolume(half, 151, history)).toEqual({
      fails: true,
      basis: "151 rows; the last 3 runs had a median of 100, so 50 to 150 are usual",
    });
  });

  test("is compared with the newest runs only", () => {
    expect(judgeVolume({ ...half, over: 3 }, 10, [10, 10, 10, 9000, 9000, 9000, 9000]).fails).toBe(false);
  });

  test("that is as always never fails", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 3, max: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, runs, within) => {
          expect(judgeVolume({ ...half, within }, n, Array(runs).fill(n)).fails).toBe(false);
        },
      ),
    );
  });
});

test("the loads of one run count together", () => {
  const loads = [
    { runId: "b", written: 5 },
    { runId: "a", written: 1 },
    { runId: "a", written: 2 },
  ];
  expect(rowsByRun(loads)).toEqual([5, 3]);
});
