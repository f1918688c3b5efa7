import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MemoryBudget, memoryBudget } from "../../../core/sync/memory-budget.js";

const mebibyte = 1024 ** 2;

describe("the memory budget", () => {
  it("shares out no more than the process may take, and a batch fits its window", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 464, max: 65_536 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (limit, embedded, refines, judges) => {
          const { source, destination, engine, window, batch } = memoryBudget(limit * mebibyte, {
            embedded,
            refines,
            judges,
          });
          expect(source + destination + engine + window).toBeLessThan(limit * mebibyte);
          expect(batch.bytes * 4).toBeLessThanOrEqual(window);
        },
      ),
    );
  });

  it("gives more to the end that has an engine in it", () => {
    const [embedded, remote] = [true, false].map((one) =>
      memoryBudget(512 * mebibyte, { embedded: one, refines: false, judges: false }),
    ) as [MemoryBudget, MemoryBudget];
    expect(embedded.destination).toBeGreaterThan(2 * embedded.source);
    expect(remote.source).toBe(embedded.destination);
  });

  it("refuses a limit in which nothing fits, and says the least", () => {
    expect(() => memoryBudget(128 * mebibyte, { embedded: true, refines: false, judges: false })).toThrowError(
      expect.objectContaining({ code: "memory.too_little", hint: "set --max-memory to at least 272MiB" }),
    );
  });
});
