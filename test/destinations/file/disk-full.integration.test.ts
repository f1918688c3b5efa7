import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  batchOf,
  columns,
  commitOf,
  filesUnder,
  type Lake,
  lake,
  nextLoadId,
  rowsOf,
  sync,
  target,
} from "./support.js";

const orders = columns("id int64, noise string");
let place: Lake;
let small: string;
beforeEach(async () => {
  place = await lake();
  small = join(place.folder, "small");
  mkdirSync(small);
});
afterEach(async () => {
  try {
    execFileSync("umount", [small], { stdio: "ignore" });
  } catch {
    // It was not mounted.
  }
  await place.remove();
});

function mountSmall(): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", small], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Text that does not compress. */
const noise = (count: number) =>
  Array.from({ length: count }, (_, id) => ({
    id,
    noise: Array.from({ length: 30 }, () => Math.random().toString(36).slice(2)).join(""),
  }));

describe("a full disk", () => {
  it.each(["parquet", "csv", "jsonl"])(
    "stops a load of %s with a clear error, and goes on when there is room",
    async (format) => {
      if (!mountSmall()) return;
      const destination = await place.open({ path: "small/lake", format });
      await sync(destination, target(), orders, noise(10), { state: "old" });
      const before = await filesUnder(small);
      const writer = await destination.begin(target());
      await writer.start(orders);
      await writer.startLoad(nextLoadId());
      const loading = (async () => {
        for (let batch = 0; batch < 20; batch++) await writer.write(batchOf(orders, noise(1000)));
        await writer.flush();
      })();
      await expect(loading).rejects.toMatchObject({ kind: "transient", code: "duckdb.disk_full" });
      await writer.abort();
      await writer.close();
      expect((await filesUnder(small)).filter((file) => !file.includes("_log"))).toEqual(
        before.filter((file) => !file.includes("_log")),
      );
      expect(await rowsOf(destination, "SELECT count(*) FROM shop.orders")).toEqual([[10]]);
      await sync(destination, target(), orders, noise(10));
      expect(await rowsOf(destination, "SELECT count(*) FROM shop.orders")).toEqual([[20]]);
    },
  );

  it("fails a commit whose entry does not fit, and nothing of it stands", async () => {
    if (!mountSmall()) return;
    const destination = await place.open({ path: "small/lake" });
    await sync(destination, target(), orders, noise(10), { state: "old" });
    const writer = await destination.begin(target());
    await writer.start(orders);
    const loadId = nextLoadId();
    await writer.startLoad(loadId);
    await writer.write(batchOf(orders, noise(10)));
    await writer.flush();
    const filler = join(small, "filler");
    try {
      execFileSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=1k"], { stdio: "ignore" });
    } catch {
      // It ends when the disk is full.
    }
    await expect(writer.commit(commitOf(loadId))).rejects.toMatchObject({
      kind: "transient",
      code: "commit.not_applied",
    });
    await writer.abort();
    await writer.close();
    await rm(filler);
    expect(await destination.states("shop")).toMatchObject([{ state: "old" }]);
    expect(await rowsOf(destination, "SELECT count(*) FROM shop.orders")).toEqual([[10]]);
    await sync(destination, target(), orders, noise(10));
    expect(await rowsOf(destination, "SELECT count(*) FROM shop.orders")).toEqual([[20]]);
  });
});
