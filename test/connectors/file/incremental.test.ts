import { appendFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Json, Message } from "../../../sdk/index.js";
import { folderWith, onlyStream, take, withSource } from "./file-source.js";

const config = { path: "*.csv", settle_seconds: 0 };

/** One incremental read from a state. */
function sync(dir: string, state?: Json, more: Record<string, unknown> = {}, log?: (message: string) => void) {
  const wanted = { mode: "incremental", ...(state === undefined ? {} : { state }) } as const;
  return withSource(
    dir,
    { ...config, ...more },
    async (source) => {
      const { rows, states } = await take(source, await onlyStream(source), wanted);
      return { values: rows.map(([value]) => value), state: states.at(-1)!, states };
    },
    log === undefined ? {} : { log },
  );
}

describe("incremental reads", () => {
  it("take new files only, each with a checkpoint behind it", async () => {
    const dir = await folderWith({ "1.csv": "a\n1\n", "2.csv": "a\n2\n" });
    const first = await sync(dir);
    expect(first.values).toEqual(["1", "2"]);
    expect(first.states).toHaveLength(3);
    expect((await sync(dir, first.state)).values).toEqual([]);
    await writeFile(join(dir, "0.csv"), "a\n0\n");
    expect((await sync(dir, first.state)).values).toEqual(["0"]);
  });

  it("go on after the last file that was committed", async () => {
    const dir = await folderWith({ "1.csv": "a\n1\n", "2.csv": "a\n2\n", "3.csv": "a\n3\n" });
    const { states } = await sync(dir);
    expect((await sync(dir, states[0])).values).toEqual(["2", "3"]);
    expect((await sync(dir, states[1])).values).toEqual(["3"]);
  });

  it("know a file again that was only touched, and read one that changed whole", async () => {
    const dir = await folderWith({ "1.csv": "a\n1\n" });
    const { state } = await sync(dir);
    await utimes(join(dir, "1.csv"), new Date(), new Date(Date.now() - 60_000));
    expect((await sync(dir, state)).values).toEqual([]);
    await writeFile(join(dir, "1.csv"), "a\n7\n");
    await utimes(join(dir, "1.csv"), new Date(), new Date(Date.now() - 120_000));
    expect((await sync(dir, state)).values).toEqual(["7"]);
    const logged: string[] = [];
    await appendFile(join(dir, "1.csv"), "8\n");
    const changed = await sync(dir, state, {}, (message) => logged.push(message));
    expect(changed.values).toEqual(["7", "8"]);
    expect(logged.join()).toContain("1.csv has changed");
    expect((await sync(dir, changed.state)).values).toEqual([]);
    await expect(sync(dir, state, { changed_files: "fail" })).rejects.toMatchObject({ code: "file.changed" });
  });

  it("forget nothing of a file that is gone", async () => {
    const dir = await folderWith({ "1.csv": "a\n1\n", "2.csv": "a\n2\n" });
    const { state } = await sync(dir);
    await rename(join(dir, "1.csv"), join(dir, "1.kept"));
    const without = await sync(dir, state);
    await rename(join(dir, "1.kept"), join(dir, "1.csv"));
    expect((await sync(dir, without.state)).values).toEqual([]);
  });

  it("leave a file that is being written for the next run", async () => {
    const dir = await folderWith({ "1.csv": "a\n1\n", "2.csv.tmp": "a\n2\n", "3.csv": "a\n3\n" });
    await utimes(join(dir, "1.csv"), new Date(), new Date(Date.now() - 60_000));
    const logged: string[] = [];
    const writing = setInterval(() => void appendFile(join(dir, "3.csv"), "3\n"), 30);
    try {
      const { values } = await sync(dir, undefined, { settle_seconds: 0.3 }, (message) => logged.push(message));
      expect(values).toEqual(["1"]);
    } finally {
      clearInterval(writing);
    }
    expect(logged.join()).toContain("3.csv is still being written");
    const { values } = await sync(dir, undefined, { settle_seconds: 0.3 });
    expect(new Set(values)).toEqual(new Set(["1", "3"]));
  });

  it("give no checkpoint for a file that changed while it was read", async () => {
    const dir = await folderWith({ "1.csv": `a\n${"1\n".repeat(50_000)}` });
    await withSource(dir, config, async (source) => {
      const stream = await onlyStream(source);
      const messages: Message["type"][] = [];
      const read = async () => {
        for await (const message of source.read({
          stream,
          mode: "full_refresh",
          columns: ["a"],
          rereads: "forbidden",
          scans: false,
          inference: "optimistic",
          batch: { rows: 1000, bytes: 1 << 20 },
          parallelism: 1,
          signal: new AbortController().signal,
        })) {
          if (messages.length === 0) await appendFile(join(dir, "1.csv"), "2\n");
          messages.push(message.type);
        }
      };
      await expect(read()).rejects.toMatchObject({ kind: "transient", code: "file.changed_while_read" });
      expect(messages).not.toContain("checkpoint");
    });
  });

  it("stop a refresh that goes on over a file which changed meanwhile", async () => {
    const dir = await folderWith({ "1.csv": "a\n1\n", "2.csv": "a\n2\n" });
    await withSource(dir, config, async (source) => {
      const stream = await onlyStream(source);
      const { states } = await take(source, stream);
      expect((await take(source, stream, { state: states[0]! })).rows).toEqual([["2"]]);
      await appendFile(join(dir, "1.csv"), "1\n");
      await expect(take(source, stream, { state: states[0]! })).rejects.toMatchObject({ code: "file.changed" });
    });
  });

  it("refuse a state that is not theirs", async () => {
    const dir = await folderWith({ "1.csv": "a\n1\n" });
    await expect(sync(dir, { lsn: 1 })).rejects.toMatchObject({ code: "state.invalid" });
    await rm(dir, { recursive: true });
  });
});
