import fc from "fast-check";
import { expect, test } from "vitest";
import { timeWindows } from "../../../sdk/http/time-windows.js";

test("windows touch without overlapping, and make the whole", () => {
  const second = fc.integer({ min: 0, max: 5000 }).map((s) => s * 1000);
  const step = fc.option(
    fc.integer({ min: 1, max: 900 }).map((s) => s * 1000),
    { nil: undefined },
  );
  fc.assert(
    fc.property(second, second, step, (from, more, stepMs) => {
      const windows = timeWindows({ from, to: from + more, ...(stepMs === undefined ? {} : { stepMs }) });
      expect(windows[0]!.from).toBe(from);
      expect(windows.at(-1)!.to).toBe(from + more);
      for (const [i, window] of windows.entries()) {
        expect(window.to).toBeGreaterThanOrEqual(window.from);
        if (i > 0) expect(window.from).toBe(windows[i - 1]!.to + 1000);
      }
    }),
  );
});

test("what is in the past already is still asked for once", () => {
  expect(timeWindows({ from: 5000, to: 1000, stepMs: 1000 })).toEqual([{ from: 5000, to: 5000 }]);
});
