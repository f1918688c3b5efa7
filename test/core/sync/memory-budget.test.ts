import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryBudget } from "../../../core/sync/memory-budget.js";

const mebibyte = 1024 ** 2;

describe("the memory budget", () => {
  it("shares out no more than the process may take, and a batch fits its window", () => {
    fc.assert(
      fc.property(fc.integer({ min: 272, max: 65_536 }), fc.boolean(), (limit, embedded) => {
        const { source, destination, window, batch } = memoryBudget(limit * mebibyte, embedded);
        expect(source + destination + window).toBeLessThan(limit * mebibyte);
        expect(batch.bytes * 4).toBeLessThanOrEqual(window);
      }),
    );
  });

  it("gives more to the end that has an engine in it", () => {
    const [embedded, remote] = [memoryBudget(512 * mebibyte, true), memoryBudget(512 * mebibyte, false)];
    expect(embedded.destination).toBeGreaterThan(2 * embedded.source);
    expect(remote.source).toBe(embedded.destination);
  });

  it("refuses a limit in which nothing fits, and says the least", () => {
    expect(() => memoryBudget(128 * mebibyte, true)).toThrowError(
      expect.objectContaining({ code: "memory.too_little", hint: "set --max-memory to at least 272MiB" }),
    );
  });
});
