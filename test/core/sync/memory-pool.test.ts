import { expect, test } from "vitest";
import { memoryPool } from "../../../core/sync/memory-pool.js";

const memoryOf = (...sizes: number[]) => sizes.map((bytes) => new ArrayBuffer(bytes));

test("gives memory that is large enough and not much larger, each once", () => {
  const pool = memoryPool(10_000);
  const [small, fitting, large] = memoryOf(99, 150, 201);
  pool.give([small!, fitting!, large!]);
  expect(pool.take(100)).toBe(fitting);
  expect(pool.take(100)).toBeUndefined();
  expect(pool.take(99)).toBe(small);
  expect(pool.take(201)).toBe(large);
});

test("gives what came back last, which is still in the cache", () => {
  const pool = memoryPool(10_000);
  const [first, last] = memoryOf(100, 100);
  pool.give([first!]);
  pool.give([last!]);
  expect(pool.take(100)).toBe(last);
});

test("keeps no more than it may, and lets go what has waited longest", () => {
  const pool = memoryPool(1000);
  const [old, newer, newest] = memoryOf(600, 400, 500);
  pool.give([old!]);
  pool.give([newer!]);
  pool.give([newest!]);
  expect(pool.take(600)).toBeUndefined();
  expect(pool.take(400)).toBe(newest);
  expect(pool.take(400)).toBe(newer);
});

test("knows whether anybody asks for memory", () => {
  const pool = memoryPool(1000);
  expect(pool.isUsed).toBe(false);
  pool.take(1);
  expect(pool.isUsed).toBe(true);
});
