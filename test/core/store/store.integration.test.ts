import { describe, expect, inject, it } from "vitest";
import { openJournal } from "../../../core/store/journal.js";
import { openStore } from "../../../core/store/store.js";
import { createDatabase } from "../../support/database.js";
import { queryPostgres } from "../../support/query.js";
import { emptyProject, record } from "./history.js";

describe("a history in Postgres", () => {
  it("stands there as soon as a run has ended, whoever migrates first", async () => {
    const url = await createDatabase(inject("postgresUrl"), "history");
    const projects = [emptyProject(url), emptyProject(url)];
    const warnings = await Promise.all(projects.map((project, i) => record(project, String(i))));
    // Two that migrate at the same moment: the other's run may have to wait for the next one.
    const store = await openStore(projects[0]!.location);
    for (const { projectDir } of projects) await store.takeIn(openJournal(projectDir));
    expect(await store.runs({ limit: 10 })).toHaveLength(2);
    expect(warnings.flat().length).toBeLessThan(2);
    await store.close();
    expect(await queryPostgres(url, "select run_id, column_name, decision from sluice_drift order by run_id")).toEqual([
      ["0", "note", "evolve: added"],
      ["1", "note", "evolve: added"],
    ]);
  });

  it("is written down until the server is back", async () => {
    const project = emptyProject("postgres://nobody@127.0.0.1:1/none");
    expect(await record(project, "1")).toHaveLength(1);
    expect(openJournal(project.projectDir).waiting()).toHaveLength(1);
  });
});
