import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../command.js";
import type { Contender, Scenario, Surroundings } from "../scenario.js";
import { clear, targetOf } from "../targets.js";
import { dataFolder, sluiceProgram } from "../workspace.js";

/** What is done to the rows: a cast, a filter, a mask and five row rules. */
const work = {
  cast: { amount: "decimal(12,2)" },
  mask: { status: "sha256" },
  filter: "amount > 500",
  quality: [
    { not_null: ["id", "ts"] },
    { range: { amount: { min: 0, max: 100_000 } } },
    { range: { user_id: { min: 0 } } },
    { expression: "ts >= timestamptz '2024-01-01'", name: "recent" },
  ],
};

/** A rule that one row in a hundred breaks. */
const rejecting = { quality: [{ expression: "id % 100 <> 0", name: "one_in_a_hundred" }] };

/** Events with a cast, a filter, a mask and five rules beside the plain copy, which is the floor. */
export function refinedLoad(surroundings: Surroundings): Scenario {
  const title = "Postgres → DuckDB, events: cast, filter, sha256 and five rules";
  return besidePlain(surroundings, { name: "refined_load", title, options: work, atLeast: 1 / 1.1 });
}

/** Events of which one in a hundred is rejected, beside the plain copy. */
export function rejectingLoad(surroundings: Surroundings): Scenario {
  const title = "Postgres → DuckDB, events: 1 % rejected";
  return besidePlain(surroundings, { name: "rejecting_load", title, options: rejecting, atLeast: 1 / 1.25 });
}

interface RefinedCase {
  readonly name: string;
  readonly title: string;
  readonly options: object;
  /** The plain copy's time divided by this one's. */
  readonly atLeast: number;
}

function besidePlain(
  { url, movers: [sluice] }: Surroundings,
  { name, title, options, atLeast }: RefinedCase,
): Scenario {
  const contender = (contenderName: string, done: object): Contender => {
    const target = targetOf("duckdb", url, "events", { name: contenderName.replace(" ", "-") });
    return {
      name: contenderName,
      version: sluice!.version,
      target: undefined,
      prepare: () => clear(target),
      command: () => synced(url, target.kind === "duckdb" ? target.path : "", done),
    };
  };
  const contenders = [contender("plain copy", {}), contender("sluice", options)];
  return { name, title, goal: { kind: "ratio", atLeast }, contenders, expected: undefined };
}

/** A project with one connection. JSON is YAML. */
function synced(url: string, path: string, options: object): Command {
  const folder = dataFolder("refined");
  mkdirSync(folder, { recursive: true });
  const project = {
    sources: { bench: { connector: "postgres", url } },
    destinations: { target: { connector: "duckdb", path } },
    connections: { events_of: { source: "bench", destination: "target", streams: { "public.events": options } } },
  };
  writeFileSync(join(folder, "sluice.yaml"), JSON.stringify(project));
  return { argv: [process.execPath, sluiceProgram, "sync", "--project", folder, "--quiet"] };
}
