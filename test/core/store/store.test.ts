import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isLost, openJournal } from "../../../core/store/journal.js";
import { recordStateChange } from "../../../core/store/record-state-change.js";
import { openStore } from "../../../core/store/store.js";
import { emptyProject, record } from "./history.js";

describe("the history of a project", () => {
  it("waits in the journal and is taken in once, by whoever opens the store", async () => {
    const project = emptyProject();
    expect(await record(project, "1")).toEqual([]);
    await record(project, "2", { connection: "other" });
    const journal = openJournal(project.projectDir);
    expect(journal.waiting()).toHaveLength(2);
    // Taken in, and killed before the journal was emptied:
    const copies = journal
      .waiting()
      .map(({ name }) => [name, readFileSync(join(project.projectDir, ".sluice/journal", name))]);
    const store = await openStore(project.location);
    await store.takeIn(journal);
    for (const [name, text] of copies) writeFileSync(join(project.projectDir, ".sluice/journal", String(name)), text!);
    await store.takeIn(journal);
    expect(journal.size()).toBe(0);
    expect((await store.runs({ limit: 10 })).map(({ report }) => report.run_id)).toEqual(["2", "1"]);
    expect((await store.runs({ limit: 10, connection: "shop" })).map(({ report }) => report.run_id)).toEqual(["1"]);
    const run = await store.run("1");
    expect(run?.events.map(({ event }) => event.type)).toEqual(["connection_started", "drift", "log"]);
    expect(JSON.stringify(run)).not.toContain("s3cret");
    expect(await store.run("3")).toBeUndefined();
    await store.close();
  });

  it("keeps who changed which state, and what it was", async () => {
    const project = emptyProject();
    const change = { connection: "shop", stream: "orders", action: "reset", before: { at: 1 }, after: null };
    await recordStateChange({ ...project, ...change, warn: expect.unreachable });
    const store = await openStore(project.location);
    await store.takeIn(openJournal(project.projectDir));
    const [kept] = await store.stateChanges({ connection: "shop", limit: 10 });
    expect(kept).toMatchObject({ ...change, origin: { user: expect.any(String), host: expect.any(String) } });
    await store.close();
  });

  it("may be lost: the next one begins anew", async () => {
    const project = emptyProject();
    await record(project, "1");
    rmSync(join(project.projectDir, ".sluice"), { recursive: true });
    expect(await record(project, "2")).toEqual([]);
    const store = await openStore(project.location);
    await store.takeIn(openJournal(project.projectDir));
    expect(await store.runs({ limit: 10 })).toHaveLength(1);
    await store.close();
  });

  it("is no reason to fail: what cannot be written is a warning", async () => {
    const project = emptyProject();
    mkdirSync(join(project.projectDir, ".sluice"));
    writeFileSync(join(project.projectDir, ".sluice/journal"), "in the way");
    const warnings = await record(project, "1");
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings[0]).toContain("history");
  });

  it("knows a run under way from one whose process is gone", () => {
    const begun = { kind: "begun_run", run_id: "1", started_at: "", connections: [] } as const;
    const origin = { user: "u", host: "here", pid: process.pid };
    expect(isLost({ ...begun, origin }, "here")).toBe(false);
    expect(isLost({ ...begun, origin: { ...origin, pid: 2 ** 22 + 1 } }, "here")).toBe(true);
    expect(isLost({ ...begun, origin: { ...origin, pid: 2 ** 22 + 1 } }, "there")).toBe(false);
  });
});
