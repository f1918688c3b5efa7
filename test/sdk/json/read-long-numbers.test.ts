import { expect, test } from "vitest";
import { findRecords } from "../../../sdk/json/find-records.js";
import { readLongNumbers } from "../../../sdk/json/read-long-numbers.js";

/** The numbers of `n` once the long ones were read. */
function numbers(texts: readonly string[]): readonly number[] {
  const { records } = findRecords(Buffer.from(`[${texts.map((text) => `{"n":${text}}`).join(",")}]`), undefined)!;
  readLongNumbers(records, 0);
  return [...records.numbers[0]!.subarray(0, texts.length)];
}

test("numbers are read that a double prints as they are written", () => {
  expect(numbers(["0.8414709848078965", "1", "9.090909090909092", "1e-7"])).toEqual([
    0.8414709848078965, 1, 9.090909090909092, 1e-7,
  ]);
});

test("beside others, which are left out", () => {
  const lost = ["0.84147098480789650", "0.1000000000000000055511151231257827", "9007199254740993", "1e21", "-0", "1E5"];
  for (const text of lost) expect(numbers(["0.8414709848078965", text])).toEqual([0.8414709848078965, Number.NaN]);
});

test("what is no number is passed over", () => {
  expect(numbers(["0.8414709848078965", "null", '"0.8414709848078965"'])[0]).toBe(0.8414709848078965);
});
