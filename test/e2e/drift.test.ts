import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { type DriftPolicy, driftPolicies } from "../../core/schema/drift-policy.js";
import type { RunReport, StreamReport } from "../../core/sync/report.js";
import { createDatabase } from "../support/database.js";
import { queryPostgres } from "../support/query.js";
import { runSluice } from "../support/run-program.js";
import { type Target, targetKinds, targets } from "../support/targets.js";

type Rows = readonly (readonly (string | null)[])[];

/** What stands in the table, and what became of the rows, once the source has changed. */
interface Cell {
  readonly rows: Rows;
  readonly filtered?: number;
  readonly quarantined?: number;
  readonly stops?: true;
  readonly leftOut?: true;
}

const old: Rows = [
  ["1", "10"],
  ["2", "20"],
];

/** A change of each entity: how it is made at the source, the columns looked at, and what each policy comes to. */
const entities = {
  columns: {
    change: (table: string) => `alter table ${table} add column note text;
      insert into ${table} values (3, 30, null), (4, 40, 'carries')`,
    columns: "id, v",
    cells: {
      evolve: { rows: [...old, ["3", "30"], ["4", "40"]] },
      freeze: { rows: old, stops: true },
      discard_value: { rows: [...old, ["3", "30"], ["4", "40"]] },
      discard_row: { rows: [...old, ["3", "30"]], filtered: 1 },
      quarantine: { rows: [...old, ["3", "30"]], quarantined: 1 },
    },
  },
  types: {
    change: (table: string) => `alter table ${table} alter column v type text;
      insert into ${table} values (3, '30'), (4, 'x')`,
    columns: "id, v",
    cells: {
      evolve: { rows: [...old, ["3", "30"], ["4", "x"]] },
      freeze: { rows: old, stops: true },
      discard_value: { rows: [...old, ["3", "30"], ["4", null]] },
      discard_row: { rows: [...old, ["3", "30"]], filtered: 1 },
      quarantine: { rows: [...old, ["3", "30"]], quarantined: 1 },
    },
  },
  nullability: {
    change: (table: string) => `alter table ${table} alter column v drop not null;
      insert into ${table} values (3, 30), (4, null)`,
    columns: "id, v",
    cells: {
      evolve: { rows: [...old, ["3", "30"], ["4", null]] },
      freeze: { rows: old, stops: true },
      // There is no value to leave out: the null itself is loaded.
      discard_value: { rows: [...old, ["3", "30"], ["4", null]] },
      discard_row: { rows: [...old, ["3", "30"]], filtered: 1 },
      quarantine: { rows: [...old, ["3", "30"]], quarantined: 1 },
    },
  },
  tables: {
    change: (table: string) => `create table ${table}_new (id int primary key, v int not null);
      insert into ${table}_new values (1, 10), (2, 20)`,
    columns: "id, v",
    cells: {
      evolve: { rows: old },
      freeze: { rows: [], stops: true },
      discard_value: { rows: [], leftOut: true },
      discard_row: { rows: [], leftOut: true },
      quarantine: { rows: [], leftOut: true },
    },
  },
} as const satisfies Record<
  string,
  { change(table: string): string; columns: string; cells: Readonly<Record<DriftPolicy, Cell>> }
>;

const cells = Object.entries(entities).flatMap(([entity, { change, columns, cells: byPolicy }]) =>
  driftPolicies.map((policy) => {
    const base = `${entity}_${policy}`;
    const table = entity === "tables" ? `${base}_new` : base;
    return { entity, policy, base, table, columns, change: change(base), cell: byPolicy[policy] as Cell };
  }),
);

describe.each(targetKinds)("every policy for every change, into %s", (kind) => {
  let target: Target;
  let before: RunReport;
  let report: RunReport;

  beforeAll(async () => {
    const source = await createDatabase(inject("postgresUrl"), `drift_source_${kind}`);
    target = targets[kind](await createDatabase(inject("postgresUrl"), `drift_target_${kind}`));
    const { destination, schema = "main" } = target.place;
    const project = {
      sources: { shop: { connector: "postgres", url: source } },
      destinations: { lake: { connector: destination.connector, ...destination.config } },
      connections: {
        shop: {
          ...{ source: "shop", destination: "lake", schema },
          defaults: { read: "full_refresh", write: "merge" },
          streams: Object.fromEntries(
            cells.map(({ entity, policy, base }) => {
              return [`public.${base}${entity === "tables" ? "*" : ""}`, { drift: { [entity]: policy } }];
            }),
          ),
        },
      },
    };
    const cwd = mkdtempSync(join(tmpdir(), "sluice-drift-"));
    writeFileSync(join(cwd, "sluice.yaml"), JSON.stringify(project));
    const sync = async () => JSON.parse((await runSluice(["sync", "--json"], { cwd })).stdout) as RunReport;
    await queryPostgres(
      source,
      cells
        .map(
          ({ base }) => `create table ${base} (id int primary key, v int not null);
        insert into ${base} values (1, 10), (2, 20)`,
        )
        .join(";"),
    );
    before = await sync();
    await queryPostgres(source, cells.map(({ change }) => change).join(";"));
    report = await sync();
  });

  const streamOf = (table: string): StreamReport =>
    report.connections[0]!.streams.find(({ stream }) => stream === `public.${table}`)!;

  it("loads everything at first, where nothing is drift", () => {
    expect(before.connections[0]!.streams.flatMap(({ drift }) => drift)).toEqual([]);
    expect(before).toMatchObject({ status: "succeeded" });
    expect(report).toMatchObject({ status: "partial", exit_code: 8 });
  });

  it.each(cells)("$entity: $policy", async ({ entity, policy, table, columns, cell }) => {
    const stream = streamOf(table);
    const { rows, filtered = 0, quarantined = 0, stops = false, leftOut = false } = cell;
    expect(stream).toMatchObject({ status: stops ? "failed" : "succeeded", filtered, quarantined });
    expect(stream.read).toBe(stream.written + stream.filtered + stream.deduplicated + stream.quarantined);
    if (stops) expect(stream.error).toMatchObject({ kind: "data", code: "drift.frozen" });
    expect(stream.drift).toMatchObject([{ entity, decision: expect.stringMatching(`^${policy}: `) }]);
    const recorded = await target.query(
      `select decision from ${target.relation("_sluice_drift")} where stream = 'public.${table}'`,
    );
    expect(recorded).toEqual([[stream.drift[0]!.decision]]);
    if (entity === "tables" && (stops || leftOut)) {
      await expect(target.query(`select * from ${target.relation(table)}`)).rejects.toThrow();
      return;
    }
    expect(await target.query(`select ${columns} from ${target.relation(table)} order by id`)).toEqual(rows);
  });

  it("adds the new column only where the table is to follow", async () => {
    expect(await target.query(`select note from ${target.relation("columns_evolve")} order by id`)).toEqual([
      [null],
      [null],
      [null],
      ["carries"],
    ]);
    for (const policy of driftPolicies.filter((one) => one !== "evolve")) {
      await expect(target.query(`select note from ${target.relation(`columns_${policy}`)}`)).rejects.toThrow();
    }
  });

  it("keeps what it rejects, with the original values", async () => {
    const rejected = await target.query(
      `select stream, rule, "row" from ${target.relation("_sluice_quarantine")} order by stream`,
    );
    expect(rejected.map(([stream, rule, row]) => [stream, rule, JSON.parse(row!)])).toEqual([
      ["public.columns_quarantine", "drift.columns(note)", { id: 4, v: 40, note: "carries" }],
      ["public.nullability_quarantine", "drift.nullability(v)", { id: 4, v: null }],
      ["public.types_quarantine", "drift.types(v)", { id: 4, v: "x" }],
    ]);
  });
});
