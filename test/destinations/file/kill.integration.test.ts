import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCatalog } from "../../../destinations/file/catalog.js";
import type { OpenDestination } from "../../../sdk/destination.js";
import type { WriteMode } from "../../../sdk/schema/stream.js";
import { runProgram } from "../../support/run-program.js";
import { columns, filesUnder, type Lake, lake, rowsOf, sync, target } from "./support.js";

const child = fileURLToPath(new URL("./kill-child.mjs", import.meta.url));
const orders = columns("id int64, status string");
const before = [1, 2, 3].map((id) => ({ id, status: "old" }));
const load = [3, 4, 5].map((id) => ({ id, status: "new" }));
const outcome: Record<string, { old: unknown; new: unknown }> = {
  append: { old: [3, 0], new: [3, 3] },
  merge: { old: [3, 0], new: [2, 3] },
  overwrite: { old: [3, 0], new: [0, 3] },
};

let place: Lake;
beforeEach(async () => {
  place = await lake();
});
afterEach(() => place.remove());

async function check(writeMode: WriteMode, n: number): Promise<number | undefined> {
  const path = `lake`;
  const destination = await place.open({ path });
  const to = target({
    writeMode,
    primaryKey: writeMode === "merge" ? ["id"] : [],
    fullRefresh: writeMode === "overwrite",
  });
  const setup = { ...to, writeMode: "overwrite" as const, fullRefresh: true };
  const first = await sync(destination, setup, orders, before, { state: "old", rejects: 2 });

  const plan = {
    n,
    folder: place.folder,
    to,
    columns: orders,
    rows: load,
    loadId: 2_000_000_000_000_000 + n,
    state: "new",
    replayed: [`${first.loadId}-1`],
  };
  const killed = await runProgram(process.execPath, [child, JSON.stringify(plan)]);
  if (killed.signal === undefined) expect(killed).toMatchObject({ code: 0, stderr: "" });

  const counted = "SELECT count(*) FILTER (status = 'old'), count(*) FILTER (status = 'new') FROM shop.orders";
  const [seen] = await rowsOf(destination, counted);
  const [{ state } = { state: undefined }] = await destination.states("shop");
  expect({ n, state, seen }).toEqual({ n, state, seen: outcome[writeMode]![state as "old" | "new"] });

  const quarantine = async (of: OpenDestination) =>
    (await of.quarantined({ schema: "shop", limit: 10 })).map((row) => [row.quarantineId, row.replayedLoadId]);
  const firstRows = (mark: number | undefined) => [
    [`${first.loadId}-1`, mark],
    [`${first.loadId}-2`, undefined],
  ];
  const stands = state === "new";
  const rejected = stands ? [...firstRows(plan.loadId), [`${plan.loadId}-1`, undefined]] : firstRows(undefined);
  expect({ n, state, rejected: await quarantine(destination) }).toEqual({ n, state, rejected });
  expect({ n, state, drift: (await destination.driftRecords("shop", 10)).length }).toEqual({
    n,
    state,
    drift: stands ? 1 : 0,
  });

  // The next run, in a process that knows nothing, takes over where the state says.
  const next = await place.open({ path });
  const writer = await next.begin(to);
  expect(writer.state).toBe(state);
  await writer.close();
  if (state === "old") await sync(next, to, orders, load, { state: "new" });
  expect({ n, seen: (await rowsOf(next, counted))[0] }).toEqual({ n, seen: outcome[writeMode]!.new });
  expect(new Set((await rowsOf(next, "SELECT id FROM shop.orders WHERE status = 'new'")).flat())).toEqual(
    new Set([3, 4, 5]),
  );

  const folder = join(place.folder, path, "shop/orders");
  const snapshot = await openCatalog(place.folder).read(folder, "shop", "orders");
  const { files, retired } = snapshot;
  const known = [...files, ...retired].map((file) => file.path);
  const rejects = await filesUnder(join(folder, "quarantine"));
  const needed = [...snapshot.quarantine, ...retired].map((file) => file.path);
  expect({ n, orphans: rejects.filter((name) => !needed.includes(join("quarantine", name))) }).toEqual({
    n,
    orphans: [],
  });
  const shown = await filesUnder(join(place.folder, path, "shop/_sluice_quarantine/orders"));
  expect({ n, shown: shown.length }).toEqual({ n, shown: snapshot.quarantine.length });
  const data = await filesUnder(join(folder, "data"));
  expect({ n, orphans: data.filter((name) => !known.includes(join("data", name))) }).toEqual({ n, orphans: [] });
  expect((await readdir(join(folder, "_log"))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  const loads = await rowsOf(next, "SELECT count(*) FROM shop._sluice_loads WHERE state_after = '\"new\"'");
  expect({ n, loads }).toEqual({ n, loads: [[1]] });
  return killed.signal === undefined ? Number(killed.stdout) : undefined;
}

describe.each(["append", "overwrite", "merge"] as const)("%s, killed at any call to the file system", (writeMode) => {
  it("shows the old table or the new one, and the next run makes it right", { timeout: 600_000 }, async () => {
    // The short form takes every eighteenth call, other ones in each mode.
    const step = process.env.SLUICE_LONG_TESTS === "1" ? 1 : 18;
    let n = step === 1 ? 1 : { append: 1, overwrite: 7, merge: 13 }[writeMode];
    for (; (await check(writeMode, n)) === undefined; n += step) {
      await place.remove();
      place = await lake();
    }
    expect(n).toBeGreaterThan(30);
  });
});
