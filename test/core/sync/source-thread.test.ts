import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openSourceInThread } from "../../../core/sync/source-thread.js";
import { defaultBatchLimits } from "../../../sdk/batch/batch.js";
import type { JsonObject } from "../../../sdk/json.js";
import type { OpenSource, ReadRequest } from "../../../sdk/source.js";

const registry = new URL("./thread-sources.mjs", import.meta.url);

interface Opened {
  readonly source: OpenSource;
  readonly cancel: AbortController;
  readonly logged: number[];
}

async function open(connector: string, config: JsonObject = {}, windowBytes = 1 << 20): Promise<Opened> {
  const cancel = new AbortController();
  const logged: number[] = [];
  const context = {
    projectDir: ".",
    workDir: ".",
    memoryBytes: 1 << 20,
    signal: cancel.signal,
    log: (_level: string, _message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      logged.push(fields.batches as number);
    },
  };
  return { source: await openSourceInThread({ registry, connector, config, context, windowBytes }), cancel, logged };
}

async function requestOf(source: OpenSource, signal = new AbortController().signal): Promise<ReadRequest> {
  const [stream] = (await source.discover()).streams;
  return {
    stream: stream!,
    mode: "full_refresh",
    columns: ["n"],
    rereads: "forbidden",
    scans: false,
    inference: "optimistic",
    batch: defaultBatchLimits,
    parallelism: 1,
    signal,
  };
}

describe("a source in its own thread", () => {
  it("gives every message in order, batches by their buffers", async () => {
    const { source } = await open("steady");
    let rows = 0;
    const types: string[] = [];
    for await (const message of source.read(await requestOf(source))) {
      types.push(message.type);
      if (message.type === "batch") rows += message.batch.rows;
      if (message.type === "checkpoint") expect(message.state).toEqual({ batches: 3 });
    }
    await source.close();
    expect(types).toEqual(["batch", "batch", "batch", "checkpoint"]);
    expect(rows).toBe(3000);
  });

  it("fills memory again that the consumer gave back, and only where it asks for memory", async () => {
    const { source, logged } = await open("reusing", { batches: 4 }, 5000);
    let taken = 0;
    for await (const message of source.read(await requestOf(source))) {
      if (message.type !== "batch") continue;
      const { vectors, giveBack } = message.batch;
      const [vector] = vectors;
      if (vector?.layout !== "fixed") throw new Error("no vector of numbers");
      expect(vector.data.subarray(3996)).toEqual(new Uint8Array(Int32Array.of(999).buffer));
      if (++taken > 1) giveBack!([vector.data.buffer as ArrayBuffer]);
    }
    expect(taken).toBe(4);
    expect(logged.slice(0, 2)).toEqual([0, 0]);
    expect(logged).toContain(4000);
    await source.close();

    const { source: steady } = await open("steady");
    for await (const message of steady.read(await requestOf(steady))) {
      if (message.type === "batch") expect(message.batch.giveBack).toBeUndefined();
    }
    await steady.close();
  });

  it("waits while its window is full", async () => {
    const { source, logged } = await open("steady", { batches: 50 }, 10_000);
    const read = source.read(await requestOf(source))[Symbol.asyncIterator]();
    await read.next();
    await sleep(100);
    expect(Math.max(...logged)).toBeLessThan(5);
    await read.return?.();
    await source.close();
  });

  it("carries an error over as what it is", async () => {
    const { source } = await open("failing");
    const read = async () => {
      for await (const _ of source.read(await requestOf(source)));
    };
    await expect(read()).rejects.toMatchObject({ kind: "system", message: "broken row 11" });
    await source.close();
  });

  it("fails the read when the thread goes away", async () => {
    const { source } = await open("exiting");
    const read = async () => {
      for await (const _ of source.read(await requestOf(source)));
    };
    await expect(read()).rejects.toMatchObject({ code: "source.ended" });
    await expect(source.check()).rejects.toMatchObject({ code: "source.ended" });
    await source.close();
  });

  it("stops an endless read when the consumer leaves or the run is cancelled", async () => {
    const { source, cancel } = await open("endless");
    for await (const _ of source.read(await requestOf(source))) break;
    const cancelled = async () => {
      for await (const _ of source.read(await requestOf(source, cancel.signal))) cancel.abort(new Error("cancelled"));
    };
    await expect(cancelled()).rejects.toThrow("cancelled");
    await source.close();
  });

  it("says what is wrong with a config, and why it cannot be opened", async () => {
    await expect(open("steady", { batches: "three", colour: 1 })).rejects.toMatchObject({
      code: "config.invalid",
      message: expect.stringMatching(/steady|numbers.*batches.*colour/s),
      hint: expect.stringContaining("--set batches=…"),
    });
    await expect(open("unreachable")).rejects.toThrow("no route to host");
    await expect(open("absent")).rejects.toMatchObject({ code: "connector.unknown" });
  });
});
