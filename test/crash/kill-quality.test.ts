import { beforeAll, describe, expect, inject, it } from "vitest";
import type { StreamOptions } from "../../core/sync/plan.js";
import { createDatabase } from "../support/database.js";
import { queryPostgres } from "../support/query.js";
import { runOnce, runUntil } from "../support/scenario.js";
import type { TargetKind } from "../support/targets.js";
import { createSourceTable, newTarget, table } from "./source-table.js";

const options: StreamOptions = {
  read: "incremental",
  write: "merge",
  cursor: "updated_at",
  quality: {
    rows: [{ name: "named", test: { type: "not_null", column: "name" }, onFail: "quarantine", option: ["quality", 0] }],
    loads: [
      { name: "unique(blob)", test: { type: "unique", columns: ["blob"] }, onFail: "fail", option: ["quality", 1] },
    ],
  },
};

/** Kills a run that rejects rows and judges the load: after a rerun each row stands once, in the table or in quarantine. */
describe.each(["duckdb", "postgres"] satisfies TargetKind[])("into %s, killed while it judges", (kind) => {
  let url: string;

  beforeAll(async () => {
    url = await createDatabase(inject("postgresUrl"), `crash_quality_${kind}`);
  });

  it.each(["quarantine:before", "quarantine:after", "audit:before", "audit:after", "commit:before", "commit:after"])(
    "at %s, every row stands once after a rerun",
    async (at) => {
      await createSourceTable(url, 699);
      const target = newTarget(kind, url);
      const source = { connector: "postgres", config: { url } };
      const scenario = { source, stream: `public.${table}`, options, ...target.place };
      expect(await runUntil(scenario, { at })).toMatchObject({ killed: true });
      expect(await runOnce(scenario)).toMatchObject({ status: "succeeded", exit_code: 0 });
      const [loaded] = await target.query(
        `select count(*), count(distinct id), count(name) from ${target.relation(table)}`,
      );
      expect(loaded).toEqual(["600", "600", "600"]);
      const quarantine = target.relation("_sluice_quarantine");
      const [rejected] = await target.query(
        `select count(*), count(distinct quarantine_id), min(rule) from ${quarantine}`,
      );
      expect(rejected).toEqual(["99", "99", "named"]);
      const [nameless] = await queryPostgres(url, `select count(*) from ${table} where name is null`);
      expect(nameless).toEqual(["99"]);
    },
  );
});
