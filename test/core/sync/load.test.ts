import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balance, commitIsDue, newLoad } from "../../../core/sync/load.js";
import { newLoadId } from "../../../core/sync/load-id.js";

const run = { id: "r1", stateBefore: undefined };

describe("a load", () => {
  it("balances exactly when every row read is written, filtered, deduplicated or quarantined", () => {
    const count = fc.nat(1000);
    fc.assert(
      fc.property(
        count,
        count,
        count,
        count,
        fc.integer({ min: -2, max: 2 }),
        (written, filtered, deduplicated, quarantined, off) => {
          const read = written + filtered + deduplicated + quarantined + off;
          const load = { ...newLoad(1), read, filtered, quarantined };
          const weigh = () => balance(load, { written, deduplicated }, run);
          if (off === 0) expect(weigh()).toMatchObject({ read, written, filtered, deduplicated, quarantined });
          else expect(weigh).toThrowError(expect.objectContaining({ code: "ledger.mismatch", kind: "system" }));
        },
      ),
    );
  });

  it("is due by bytes or by time, whichever comes first", () => {
    const limits = { bytes: 1000, seconds: 60 };
    const start = new Date("2026-01-01T00:00:00Z");
    const load = newLoad(1, start);
    expect(commitIsDue(load, limits, new Date("2026-01-01T00:00:59Z"))).toBe(false);
    expect(commitIsDue(load, limits, new Date("2026-01-01T00:01:00Z"))).toBe(true);
    expect(commitIsDue({ ...load, bytes: 1000 }, limits, start)).toBe(true);
  });

  it("has an id greater than every one before, in microseconds, also when the clock goes back", () => {
    const first = newLoadId(Date.now() + 1000);
    expect(newLoadId(Date.now())).toBe(first + 1);
    expect(first).toBeGreaterThan(1.7e15);
    expect(Number.isSafeInteger(first)).toBe(true);
  });
});
