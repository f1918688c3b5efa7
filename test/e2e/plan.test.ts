import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { createDatabase } from "../support/database.js";
import { queryPostgres } from "../support/query.js";
import { runSluice } from "../support/run-program.js";
import { targetKinds, targets } from "../support/targets.js";

/** The statements that the second plan is to name, by destination. */
const alterations = {
  duckdb: (table: string) => [
    `ALTER TABLE ${table} RENAME COLUMN "total" TO "total_usd"`,
    `ALTER TABLE ${table} ALTER COLUMN "total_usd" SET DATA TYPE BIGINT USING CAST("total_usd" AS BIGINT)`,
    `ALTER TABLE ${table} ADD COLUMN "note" VARCHAR`,
  ],
  postgres: (table: string) => [
    `alter table ${table} rename column "total" to "total_usd"`,
    `alter table ${table} alter column "total_usd" type bigint using "total_usd"::bigint, add column "note" text`,
  ],
};

describe.each(targetKinds)("a plan for %s", (kind) => {
  it("names what a sync then does, and is empty after it", async () => {
    const source = await createDatabase(inject("postgresUrl"), `plan_source_${kind}`);
    const target = targets[kind](await createDatabase(inject("postgresUrl"), `plan_target_${kind}`));
    const { destination, schema = "main" } = target.place;
    const cwd = mkdtempSync(join(tmpdir(), "sluice-plan-"));
    const options = { read: "incremental", write: "merge", filter: "id > 0", quality: [{ not_null: ["total_usd"] }] };
    const { quality: _, ...first } = options;
    const project = (stream: object) =>
      writeFileSync(
        join(cwd, "sluice.yaml"),
        JSON.stringify({
          sources: { shop: { connector: "postgres", url: source } },
          destinations: { lake: { connector: destination.connector, ...destination.config } },
          connections: { shop: { source: "shop", destination: "lake", schema, streams: { "public.orders": stream } } },
        }),
      );
    const planned = async () => {
      const { code, stdout } = await runSluice(["plan", "--exit-code", "--json"], { cwd });
      return { code, stream: JSON.parse(stdout).connections[0].streams[0] };
    };
    const sync = async () => expect(await runSluice(["sync", "--json"], { cwd })).toMatchObject({ code: 0 });

    await queryPostgres(
      source,
      "create table orders (id int primary key, total int, at timestamptz); insert into orders values (1, 10, now()); analyze orders",
    );
    project(first);
    const fresh = await planned();
    expect(fresh).toMatchObject({
      code: 10,
      stream: {
        ddl: [expect.stringMatching(/^create table .*"id" int.*"total" int/i)],
        reads_from_beginning: "nothing was loaded yet",
        estimated_rows: 1,
        pushed_down: { filter: "id > '0'" },
        guarantee: "once_by_key",
      },
    });
    await sync();
    const empty = { code: 0, stream: { ddl: [], drift: [], renames: [], reads_from_beginning: null, error: null } };
    expect(await planned()).toMatchObject(empty);

    await queryPostgres(
      source,
      `alter table orders rename column total to total_usd; alter table orders alter column total_usd type bigint,
         add column note text; insert into orders values (2, 20, now(), 'b')`,
    );
    project(options);
    const second = await planned();
    const table = kind === "duckdb" ? '"main"."orders"' : `"${schema}"."orders"`;
    expect(second).toMatchObject({ code: 10, stream: { ddl: alterations[kind](table) } });
    expect(second.stream.drift.map(({ column_name: name }: { column_name: string }) => name)).toEqual([
      ...["total_usd", "total_usd", "note"],
    ]);
    expect(second.stream.rules).toEqual([{ rule: "not_null(total_usd)", action: "quarantine" }]);
    await sync();
    expect(await planned()).toMatchObject(empty);
    expect(await target.query(`select id, total_usd, note from ${target.relation("orders")} order by id`)).toEqual([
      ["1", "10", null],
      ["2", "20", "b"],
    ]);
  });
});
