import { expect, test } from "vitest";
import { createParentProgress } from "../../../../connectors/airbyte-manifest/cursors/parent-progress.js";

test("a parent's state is told once all partitions before it, and its own, are done", () => {
  const progress = createParentProgress();
  for (const [i, name] of ["a", "b", "c"].entries()) progress.begin(name, () => BigInt(i));
  progress.end("b");
  expect(progress.closed()).toBeUndefined();
  progress.end("a");
  expect(progress.closed()).toBe(1n);
  progress.end("c");
  expect(progress.closed()).toBe(2n);
});

test("of many partitions the state is looked at seldom, and never told too early", () => {
  const progress = createParentProgress();
  let looks = 0;
  for (let i = 0; i < 10_000; i++) {
    progress.begin(String(i), () => {
      looks += 1;
      return BigInt(i);
    });
  }
  expect(looks).toBeLessThan(200);
  for (let i = 0; i < 9_999; i++) {
    progress.end(String(i));
    const told = progress.closed();
    if (told !== undefined) expect(told).toBeLessThanOrEqual(BigInt(i));
  }
});
