import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../command.js";
import type { DuckdbEndpoint, PostgresEndpoint } from "../endpoint.js";
import type { Mover, RowWork } from "../mover.js";
import { run } from "../postgres.js";
import type { Contender, Scenario, Surroundings } from "../scenario.js";
import { type ComparedColumn, events } from "../tables.js";
import { clear } from "../targets.js";
import { dataFolder, sluiceProgram } from "../workspace.js";

interface RefinedCase {
  readonly name: string;
  readonly title: string;
  /** As other programs know it. */
  readonly work: RowWork;
  /** As Sluice is told it: options of the stream. */
  readonly options: object;
  /** What must come of the rows, as Postgres says it. */
  readonly view: string;
  readonly columns: readonly ComparedColumn[];
  /** The plain copy's time divided by this one's. */
  readonly atLeast: number;
}

const refining: RefinedCase = {
  name: "refined_load",
  title: "Postgres → DuckDB, events: cast, filter, sha256 and five rules",
  work: "refine",
  options: {
    cast: { amount: "decimal(12,2)" },
    mask: { status: "sha256" },
    filter: "amount > 500",
    quality: [
      { not_null: ["id", "ts"] },
      { range: { amount: { min: 0, max: 100_000 } } },
      { range: { user_id: { min: 0 } } },
      { expression: "ts >= timestamptz '2024-01-01'", name: "recent" },
    ],
  },
  view: `select id, ts, user_id, amount::numeric(12,2) as amount, encode(sha256(status::bytea), 'hex') as status, payload
         from events where amount::numeric(12,2) > 500`,
  columns: events.columns.map((column) => (column.name === "amount" ? { ...column, type: "decimal(12,2)" } : column)),
  atLeast: 1 / 1.1,
};

const rejecting: RefinedCase = {
  name: "rejecting_load",
  title: "Postgres → DuckDB, events: 1 % rejected",
  work: "reject",
  options: { quality: [{ expression: "id % 100 <> 0", name: "one_in_a_hundred" }] },
  view: "select * from events where id % 100 <> 0",
  columns: events.columns,
  atLeast: 1 / 1.25,
};

/** Events with a cast, a filter, a mask and five rules beside the plain copy, which is the floor. */
export function refinedLoad(surroundings: Surroundings): Scenario {
  return besidePlain(surroundings, refining);
}

/** Events of which one in a hundred is rejected, beside the plain copy. */
export function rejectingLoad(surroundings: Surroundings): Scenario {
  return besidePlain(surroundings, rejecting);
}

function besidePlain({ url, movers: [sluice, ...peers] }: Surroundings, one: RefinedCase): Scenario {
  const source = { kind: "postgres", url, schema: "public", table: "events" } as const;
  const expected = { ...source, table: `events_of_${one.name}` };
  const floor: Contender = {
    ...synced("plain copy", sluice!, { source, options: {} }),
    setUp: async () => void run(url, `create or replace view ${expected.table} as ${one.view}`),
    target: undefined,
  };
  const contenders = [floor, synced("sluice", sluice!, { source, options: one.options })];
  return {
    name: one.name,
    title: one.title,
    goal: { kind: "ratio", atLeast: one.atLeast },
    contenders: [...contenders, ...peers.flatMap((peer) => refinedBy(peer, source, one.work))],
    expected: { place: expected, columns: one.columns },
  };
}

/** A peer with the same work done in its own way, where it has one. */
function refinedBy(peer: Mover, source: PostgresEndpoint, work: RowWork): Contender[] {
  const target = duckdbTarget(peer.name, "bench");
  const command = peer.refine?.(source, target, work);
  if (command === undefined) return [];
  return [{ name: peer.name, version: peer.version, target, prepare: () => clear(target), command: () => command }];
}

interface SyncedCopy {
  readonly source: PostgresEndpoint;
  readonly options: object;
}

/** Sluice with a project of one connection. JSON is YAML. */
function synced(name: string, { version }: Mover, { source, options }: SyncedCopy): Contender {
  const target = duckdbTarget(name.replace(" ", "-"), "events_of");
  const command = (): Command => {
    const folder = dataFolder("refined");
    mkdirSync(folder, { recursive: true });
    const project = {
      sources: { bench: { connector: "postgres", url: source.url } },
      destinations: { target: { connector: "duckdb", path: target.path } },
      connections: { events_of: { source: "bench", destination: "target", streams: { "public.events": options } } },
    };
    writeFileSync(join(folder, "sluice.yaml"), JSON.stringify(project));
    return { argv: [process.execPath, sluiceProgram, "sync", "--project", folder, "--quiet"] };
  };
  return { name, version, target, prepare: () => clear(target), command };
}

function duckdbTarget(name: string, schema: string): DuckdbEndpoint {
  return { kind: "duckdb", path: join(dataFolder("targets"), `${name}.duckdb`), schema, table: "events" };
}
