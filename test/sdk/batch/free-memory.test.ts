import { expect, test } from "vitest";
import { freeMemory, ownsItsMemory } from "../../../sdk/batch/free-memory.js";

test("memory that is freed is given back at once, and what was in it is gone", () => {
  const bytes = Buffer.allocUnsafeSlow(64 * 1024 * 1024).fill(1);
  const before = process.memoryUsage().arrayBuffers;
  freeMemory([bytes.buffer]);
  expect(bytes.length).toBe(0);
  expect(before - process.memoryUsage().arrayBuffers).toBeGreaterThan(60 * 1024 * 1024);
});

test("a part of a pool is nobody's own", () => {
  expect(ownsItsMemory(Buffer.from("short"))).toBe(false);
  expect(ownsItsMemory(Buffer.alloc(8).subarray(1))).toBe(false);
  expect(ownsItsMemory(Buffer.allocUnsafeSlow(8))).toBe(true);
});
