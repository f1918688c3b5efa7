// One sync of six public data sets into a DuckDB file, and a question to it. Run it with `npm run quickstart`.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, "../..");
const program = join(root, "program/cli/main.js");

const question = "Where do flights leave late?";
const sql = `
  select a.city, a.name as airport, count(*) as departures, round(avg(f.delay), 1) as minutes_late,
         round(100.0 * count(*) filter (where f.delay > 15) / count(*), 1) as late_percent
  from open_data.flights f join open_data.airports a on a.iata = f.origin
  group by all having departures > 20000
  order by minutes_late desc limit 8`;

const sluice = (...words) => run(process.execPath, program, ...words, "--project", folder);
if (!existsSync(program)) run("npm", "--prefix", root, "run", "build");
sluice("sync");
console.log(`\n${question}\n`);
sluice("query", sql);
console.log("\nSome films are not in their table: they break a rule of sluice.yaml, and wait in quarantine.\n");
sluice("quarantine", "list", "open_data", "--limit", "4");
const file = relative(process.cwd(), join(folder, "quickstart.duckdb"));
console.log(`
The tables are in ${file}, schema open_data. Ask it something else:
  npx sluice query "select state, count(*) from open_data.airports group by all order by all" --project ${relative(process.cwd(), folder)}
sluice.yaml beside it says how to mend the rule; \`npx sluice quarantine replay open_data\` then takes the films in.`);

function run(command, ...words) {
  const { status } = spawnSync(command, words, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
