import { expect, test } from "vitest";
import { TransientError } from "../../../sdk/errors.js";
import type { JsonObject } from "../../../sdk/json.js";
import { checkpoint, checkpointState } from "../../../sdk/rows/checkpoint.js";
import { type Partitions, readPartitions } from "../../../sdk/rows/partitions.js";

interface Given {
  readonly ids: unknown[];
  readonly state: JsonObject | undefined;
  readonly error: unknown;
}

/** Reads to the end; `ids` are of rows that the last checkpoint covers. */
async function given(options: Partial<Partitions<number>> & Pick<Partitions<number>, "read">): Promise<Given> {
  const { parents = [1, 2, 3, 4, 5, 6], state, mode = "incremental", ...rest } = options;
  const ids: unknown[] = [];
  let open: unknown[] = [];
  let last: JsonObject | undefined;
  try {
    for await (const item of readPartitions({ parents, key: String, state, mode, ...rest })) {
      const covers = checkpointState(item);
      if (covers === undefined) open.push(...(item as readonly { id: unknown }[]).map(({ id }) => id));
      else {
        ids.push(...open);
        open = [];
        last = covers;
      }
    }
  } catch (error) {
    return { ids, state: last, error };
  }
  return { ids, state: last, error: undefined };
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("each parent goes on from its own state, whatever order they end in", async () => {
  async function* read(parent: number, state: JsonObject | undefined) {
    for (let n = Number(state?.n ?? 0); n < 3; n++) {
      await later((parent * 7 + n * 3) % 5);
      yield [{ id: `${parent}.${n}` }];
      yield checkpoint({ n: n + 1 });
    }
  }
  const first = await given({ read });
  expect(first.ids).toHaveLength(18);
  expect(new Set(first.ids).size).toBe(18);
  expect(first.state).toEqual({ partitions: Object.fromEntries([1, 2, 3, 4, 5, 6].map((id) => [id, { n: 3 }])) });
  expect((await given({ read, state: first.state })).ids).toEqual([]);
  const behind = { partitions: { ...(first.state!.partitions as JsonObject), 4: { n: 1 } } };
  expect((await given({ read, state: behind })).ids).toEqual(["4.1", "4.2"]);
});

test("one that fails keeps its state and holds up none of the others", async () => {
  async function* read(parent: number) {
    yield [{ id: `${parent}.a` }];
    if (parent === 3) throw new TransientError("http.server_error", "no luck");
    yield checkpoint({ at: "a" });
  }
  const { ids, state, error } = await given({ read, state: { partitions: { 3: { at: "before" } } } });
  expect(ids.sort()).toEqual(["1.a", "2.a", "4.a", "5.a", "6.a"]);
  expect((state!.partitions as JsonObject)[3]).toEqual({ at: "before" });
  expect(error).toMatchObject({ kind: "transient", code: "rows.partitions_failed" });
  expect(String(error)).toContain("'3'");
});

test("what is everybody's failure ends the read at once", async () => {
  let read = 0;
  const { error } = await given({
    parents: Array.from({ length: 500 }, (_, i) => i),
    async *read() {
      read += 1;
      yield [];
      throw new TransientError("http.rate_limited", "come back tomorrow");
    },
  });
  expect(error).toMatchObject({ code: "http.rate_limited" });
  expect(read).toBeLessThan(10);
});

test("a full refresh does not read parents again that were read to their end", async () => {
  const { ids } = await given({
    mode: "full_refresh",
    state: { partitions: { 1: { done: true }, 2: { done: true } } },
    async *read(parent) {
      yield [{ id: parent }];
    },
  });
  expect(ids.sort()).toEqual([3, 4, 5, 6]);
});

test("states of thousands of parents are packed, and unpacked by the next read", async () => {
  const parents = Array.from({ length: 3000 }, (_, i) => i);
  const asked: unknown[] = [];
  async function* read(parent: number, state: JsonObject | undefined) {
    if (state !== undefined) asked.push(state.cursor);
    yield checkpoint({ cursor: `2024-01-01T00:00:00.${parent}Z` });
  }
  const { state } = await given({ parents, read });
  expect(state).toEqual({ partitions: 3000, packed: expect.any(String) });
  expect(JSON.stringify(state).length).toBeLessThan(30 * 3000);
  await given({ parents: [2999, 5, 3001], read, state: JSON.parse(JSON.stringify(state)) });
  expect(asked).toEqual(["2024-01-01T00:00:00.2999Z", "2024-01-01T00:00:00.5Z"]);
});

test("packed states that are damaged are an error that says what to do", async () => {
  const { error } = await given({ state: { partitions: 3000, packed: "AAAA" }, async *read() {} });
  expect(error).toMatchObject({ code: "rows.state_unreadable", hint: expect.stringContaining("sluice state") });
});

test("a large parent passes in parts, and alone", async () => {
  const big = "x".repeat(3 * 1024 * 1024);
  async function* read(parent: number) {
    for (let n = 0; n < 3; n++) yield [{ id: parent, n, text: parent === 2 ? big : "" }];
    yield checkpoint({ done: 1 });
  }
  const order: unknown[] = [];
  for await (const item of readPartitions({
    parents: [1, 2, 3],
    key: String,
    state: undefined,
    mode: "incremental",
    read,
  })) {
    if (checkpointState(item) === undefined) order.push(...(item as readonly { id: number }[]).map(({ id }) => id));
  }
  expect(order.join("")).toMatch(/222/);
  expect(order).toHaveLength(9);
});

test("parents are asked for as they are needed, and left when the reader leaves", async () => {
  let [asked, left] = [0, false];
  async function* parents() {
    try {
      for (;;) {
        asked += 1;
        yield asked;
      }
    } finally {
      left = true;
    }
  }
  for await (const item of readPartitions({
    parents: parents(),
    key: String,
    state: undefined,
    mode: "full_refresh",
    async *read(parent) {
      yield [{ id: parent }];
    },
  })) {
    if (checkpointState(item) === undefined) break;
  }
  await later(5);
  expect(asked).toBeLessThan(20);
  expect(left).toBe(true);
});
