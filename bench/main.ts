import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import type { Mover } from "./mover.js";
import { dlt } from "./movers/dlt.js";
import { ingestr } from "./movers/ingestr.js";
import { installPeers, type PeerTools } from "./movers/peer-tools.js";
import { sling } from "./movers/sling.js";
import { sluice } from "./movers/sluice.js";
import { parseOptions } from "./options.js";
import { makeTables, openDatabase } from "./postgres.js";
import { table } from "./report.js";
import { runScenario } from "./run-scenario.js";
import type { Scenario, Surroundings } from "./scenario.js";
import { coldStart } from "./scenarios/cold-start.js";
import { fullLoad, fullLoadNames } from "./scenarios/full-load.js";
import { merge } from "./scenarios/merge.js";
import { refinedLoad, rejectingLoad } from "./scenarios/refined-load.js";
import { restLoad } from "./scenarios/rest-load.js";
import { singerHost } from "./scenarios/singer-host.js";
import { wideRows } from "./scenarios/wide-rows.js";
import { type Summary, summarize } from "./summary.js";
import { type BenchTable, lineitem, tables } from "./tables.js";
import { resultsDir } from "./workspace.js";

const peers: Readonly<Record<string, (tools: PeerTools) => Mover>> = { dlt, ingestr, sling };

const single: Readonly<Record<string, (surroundings: Surroundings) => Scenario>> = {
  cold_start: coldStart,
  merge_into_duckdb: (surroundings) => merge("duckdb", surroundings),
  merge_into_postgres: (surroundings) => merge("postgres", surroundings),
  refined_load: refinedLoad,
  rejecting_load: rejectingLoad,
  rest_to_duckdb_by_page: (surroundings) => restLoad("page", surroundings),
  rest_to_duckdb_by_cursor: (surroundings) => restLoad("cursor", surroundings),
  singer_to_duckdb: singerHost,
  wide_rows_to_duckdb: (surroundings) => wideRows("duckdb", surroundings),
  wide_rows_to_postgres: (surroundings) => wideRows("postgres", surroundings),
  wide_rows_to_parquet: (surroundings) => wideRows("parquet", surroundings),
};

const options = parseOptions(process.argv.slice(2), {
  scenarios: [...fullLoadNames, ...Object.keys(single)],
  tables: tables.map(({ name }) => name),
  peers: Object.keys(peers),
});
const chosen = tables.filter(({ name }) => options.tables.includes(name));
const tools = options.peers.length > 0 ? installPeers() : undefined;
const movers = [sluice(), ...(tools === undefined ? [] : options.peers.map((name) => peers[name]!(tools)))];

const database = await openDatabase(options.postgresUrl);
const summaries: Summary[] = [];
const output = options.output ?? join(resultsDir, `${new Date().toISOString().replaceAll(":", "-")}.json`);
try {
  makeTables(database.url, neededTables(), options.rows);
  for (const scenario of scenarios({ url: database.url, movers })) {
    console.error(scenario.title);
    summaries.push(summarize(scenario, await runScenario(scenario, options.runs)));
    save(summaries);
  }
} finally {
  await database.stop();
}
console.log(table(summaries));
console.log(`${summaries.filter(({ reached }) => reached).length} of ${summaries.length} goals reached`);
console.log(`written to ${output}`);

/** Single scenarios are made from lineitem and events. */
function neededTables(): readonly BenchTable[] {
  const all = options.only.some((name) => name in single);
  return tables.filter((each) => chosen.includes(each) || each === lineitem || (all && each.name === "events"));
}

function* scenarios(surroundings: Surroundings): Generator<Scenario> {
  for (const name of options.only) {
    const one = single[name];
    if (one !== undefined) yield one(surroundings);
    else for (const each of chosen) yield fullLoad(name, each, surroundings);
  }
}

/** After each scenario: a run that is ended early keeps what it has. */
function save(results: readonly Summary[]): void {
  mkdirSync(dirname(output), { recursive: true });
  const machine = {
    processor: processor(),
    cores: cpus().length,
    memory_bytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    postgres: database.version,
  };
  writeFileSync(output, `${JSON.stringify({ machine, options, results }, undefined, 2)}\n`);
}

function processor(): string {
  const name = cpus()[0]?.model.trim();
  if (name !== undefined && name !== "unknown") return name;
  const info = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  return /^model name\s*:\s*(.*)$/m.exec(info)?.[1] ?? "unknown";
}
