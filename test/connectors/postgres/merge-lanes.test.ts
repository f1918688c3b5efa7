import { expect, test } from "vitest";
import { mergeLanes } from "../../../connectors/postgres/merge-lanes.js";

async function* count(name: string, to: number, log: string[] = []): AsyncGenerator<string, void> {
  try {
    for (let i = 1; i <= to; i++) {
      log.push(`${name}${i}`);
      yield `${name}${i}`;
    }
  } finally {
    log.push(`${name} ends`);
  }
}

test("lanes come in their own order, all of them", async () => {
  const found: string[] = [];
  for await (const value of mergeLanes([count("a", 3), count("b", 2), count("c", 0)])) found.push(value);
  expect(found.filter((value) => value.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
  expect(found.toSorted()).toEqual(["a1", "a2", "a3", "b1", "b2"]);
});

test("no lane runs ahead of the consumer by more than one value", async () => {
  const log: string[] = [];
  const merged = mergeLanes([count("a", 100, log)]);
  await merged.next();
  await new Promise(setImmediate);
  expect(log).toEqual(["a1", "a2"]);
  await merged.return();
});

test("the first failure ends all, and so does a consumer that leaves", async () => {
  const log: string[] = [];
  async function* failing(): AsyncGenerator<string, void> {
    yield "f1";
    throw new Error("broken");
  }
  const all = async () => {
    for await (const _ of mergeLanes([count("a", 1000, log), failing()]));
  };
  await expect(all()).rejects.toThrow("broken");
  await new Promise(setImmediate);
  expect(log.at(-1)).toBe("a ends");
});
