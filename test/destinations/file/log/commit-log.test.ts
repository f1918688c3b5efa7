import { mkdtemp, readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendEntry, checkpointLog, entriesBackwards, readLog } from "../../../../destinations/file/log/commit-log.js";
import type { EntryBody } from "../../../../destinations/file/log/entry.js";
import { emptySnapshot, type Snapshot, streamKey } from "../../../../destinations/file/log/snapshot.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-log-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const nothing = emptySnapshot("shop", "orders");
const whose = { connection: "shop", stream: "orders" };
const fence = (epoch: number): EntryBody => ({ kind: "fence", ...whose, epoch });
const load = (loadId: number, remove: string[] = []): EntryBody => ({
  kind: "commit",
  ...whose,
  epoch: 1,
  load_id: loadId,
  state: { at: loadId },
  add: [{ path: `data/load=${loadId}/part`, bytes: 10, rows: 1, schema: "a" }],
  remove,
});
const append = (known: Snapshot, body: EntryBody) => appendEntry(folder, known, () => body, "tag-1");

describe("the commit log", () => {
  it("is empty where there is no folder", async () => {
    expect(await readLog(join(folder, "absent"), nothing)).toEqual(nothing);
  });

  it("gives back what was appended, files added and replaced ones retired", async () => {
    let snapshot = await append(nothing, load(1));
    snapshot = await append(snapshot, load(2));
    snapshot = await append(snapshot, load(3, ["data/load=1/part"]));
    expect(await readLog(folder, nothing)).toEqual(snapshot);
    expect(snapshot.files.map((file) => file.path)).toEqual(["data/load=2/part", "data/load=3/part"]);
    expect(snapshot.retired.map((file) => file.path)).toEqual(["data/load=1/part"]);
    expect(snapshot.streams[streamKey("shop", "orders")]).toMatchObject({ seq: 3, load_id: 3, state: { at: 3 } });
  });

  it("leaves no file beside its entries", async () => {
    await append(await append(nothing, load(1)), load(2));
    expect((await readdir(folder)).sort()).toEqual(["00000000000000000001.json", "00000000000000000002.json"]);
  });

  it("lets the loser of a place see the winner's entry before it decides again", async () => {
    const winner = await append(nothing, fence(1));
    const seen: number[] = [];
    const after = await appendEntry(
      folder,
      nothing,
      (snapshot) => {
        seen.push(snapshot.seq);
        return fence(2);
      },
      "tag-2",
    );
    expect(seen).toEqual([0, winner.seq]);
    expect(after.seq).toBe(2);
  });

  it("appends nothing where the decision no longer holds", async () => {
    await append(nothing, fence(2));
    const zombie = appendEntry(
      folder,
      nothing,
      (snapshot) => {
        if (snapshot.seq > 0) throw new Error("fenced");
        return load(1);
      },
      "tag-1",
    );
    await expect(zombie).rejects.toThrow("fenced");
    expect(await readdir(folder)).toHaveLength(1);
  });

  it("reads from a checkpoint on, even where older entries are gone", async () => {
    let snapshot = nothing;
    for (let id = 1; id <= 120; id++) {
      snapshot = await append(snapshot, load(id));
      await checkpointLog(folder, snapshot);
    }
    expect((await readdir(folder)).filter((name) => name.includes("checkpoint"))).toHaveLength(2);
    await unlink(join(folder, "00000000000000000001.json"));
    expect(await readLog(folder, nothing)).toEqual(snapshot);
  });

  it("refuses a history with a gap", async () => {
    await append(await append(await append(nothing, load(1)), load(2)), load(3));
    await unlink(join(folder, "00000000000000000002.json"));
    await expect(readLog(folder, nothing)).rejects.toMatchObject({ kind: "data", code: "log.broken" });
  });

  it("refuses a history with a changed entry", async () => {
    await append(await append(nothing, load(1)), load(2));
    const first = join(folder, "00000000000000000001.json");
    await writeFile(first, (await readFile(first, "utf8")).replace('"rows":1', '"rows":2'));
    await expect(readLog(folder, nothing)).rejects.toMatchObject({ code: "log.broken" });
  });

  it("refuses an entry that is no JSON, naming the file", async () => {
    await writeFile(join(folder, "00000000000000000001.json"), "{");
    await expect(readLog(folder, nothing)).rejects.toMatchObject({ code: "log.corrupt" });
    await expect(readLog(folder, nothing)).rejects.toThrow("00000000000000000001.json");
  });

  it("gives the entries newest first", async () => {
    await append(await append(nothing, load(1)), load(2));
    const ids: (number | undefined)[] = [];
    for await (const entry of entriesBackwards(folder)) ids.push(entry.load_id);
    expect(ids).toEqual([2, 1]);
  });

  it("gives every place to exactly one of any number of writers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 5 }), async (perWriter) => {
        await rm(folder, { recursive: true, force: true });
        let id = 0;
        const writers = perWriter.map(async (count) => {
          let known = nothing;
          for (let at = 0; at < count; at++) known = await append(known, load(++id));
        });
        await Promise.all(writers);
        const total = perWriter.reduce((sum, count) => sum + count, 0);
        const whole = await readLog(folder, nothing);
        expect(whole.seq).toBe(total);
        expect(new Set(whole.files.map((file) => file.path)).size).toBe(total);
        expect(await readdir(folder)).toHaveLength(total);
      }),
      { numRuns: 25 },
    );
  });

  it("comes to the same table from any prefix that was read before", async () => {
    let snapshot = nothing;
    const prefixes = [snapshot];
    for (let id = 1; id <= 6; id++) {
      snapshot = await append(snapshot, id % 3 === 0 ? load(id, [`data/load=${id - 1}/part`]) : load(id));
      prefixes.push(snapshot);
    }
    for (const prefix of prefixes) expect(await readLog(folder, prefix)).toEqual(snapshot);
  });
});
