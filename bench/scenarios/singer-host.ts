import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { quoted, shell } from "../command.js";
import type { Endpoint } from "../endpoint.js";
import { run } from "../postgres.js";
import type { Scenario, Surroundings } from "../scenario.js";
import { clear, targetOf } from "../targets.js";
import { dataFolder, sluiceProgram } from "../workspace.js";

const rows = 200_000;
const requirement = "meltanolabs-tap-postgres==0.10.0";
const columns = [
  { name: "id", type: "bigint" },
  { name: "note", type: "varchar", digest: true },
];

/** A Singer tap from PyPI, alone and hosted: what passes through Sluice must not hold up the tap. */
export function singerHost({ url, movers: [sluice] }: Surroundings): Scenario {
  run(
    url,
    `drop schema if exists bench_singer cascade; create schema bench_singer;
     create table bench_singer.orders as select n::bigint as id, 'note of order ' || n as note, n * 1.25::float8 as total,
       timestamptz '2026-01-01' + n * interval '1 second' as at from generate_series(1, ${rows}) n;
     alter table bench_singer.orders add primary key (id);`,
  );
  const folder = dataFolder("singer");
  const tap = join(folder, "venv/bin/tap-postgres");
  const configPath = join(folder, "config.json");
  const catalogPath = join(folder, "catalog.json");
  const config = configOf(url);
  const target = targetOf("duckdb", url, "orders", sluice!);
  const source: Endpoint = { kind: "postgres", url, schema: "bench_singer", table: "orders" };
  return {
    name: "singer_to_duckdb",
    title: `tap-postgres → DuckDB, ${rows.toLocaleString("en")} rows, beside the tap alone`,
    goal: { kind: "ratio", atLeast: 0.8 },
    contenders: [
      {
        name: "floor",
        version: "tap-postgres > /dev/null",
        target: undefined,
        async setUp() {
          install(folder);
          writeFileSync(configPath, JSON.stringify(config));
          const catalog = execFileSync(tap, ["--config", configPath, "--discover"], { encoding: "utf8" });
          writeFileSync(catalogPath, JSON.stringify(allSelected(JSON.parse(catalog) as Catalog)));
        },
        command: () =>
          shell(`${quoted(tap)} --config ${quoted(configPath)} --catalog ${quoted(catalogPath)} > /dev/null 2>&1`),
      },
      {
        name: sluice!.name,
        version: sluice!.version,
        target,
        prepare() {
          clear(target);
          const connection = {
            source: "tap",
            destination: "out",
            schema: "bench",
            streams: { "bench_singer-orders": { table: "orders" } },
          };
          const project = {
            sources: { tap: { connector: "singer", command: tap, config } },
            destinations: { out: { connector: "duckdb", path: target.kind === "duckdb" ? target.path : "" } },
            connections: { bench: connection },
          };
          writeFileSync(join(folder, "sluice.yaml"), JSON.stringify(project));
        },
        command: () => ({ argv: [process.execPath, sluiceProgram, "sync", "--project", folder] }),
      },
    ],
    expected: { place: source, columns },
  };
}

function configOf(url: string) {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password) || "none",
    database: decodeURIComponent(pathname.slice(1)),
    filter_schemas: ["bench_singer"],
  };
}

function install(folder: string): void {
  const marker = join(folder, "installed");
  if (existsSync(marker) && readFileSync(marker, "utf8") === requirement) return;
  execFileSync("python3", ["-m", "venv", join(folder, "venv")], { stdio: "inherit" });
  execFileSync(join(folder, "venv/bin/pip"), ["install", "--quiet", requirement], { stdio: "inherit" });
  writeFileSync(marker, requirement);
}

interface Catalog {
  readonly streams: readonly {
    readonly metadata: readonly { readonly breadcrumb: readonly string[]; readonly metadata: object }[];
  }[];
}

function allSelected({ streams }: Catalog): Catalog {
  return {
    streams: streams.map((stream) => ({
      ...stream,
      metadata: stream.metadata.map(({ breadcrumb, metadata }) => {
        const method = breadcrumb.length === 0 ? { "replication-method": "FULL_TABLE" } : {};
        return { breadcrumb, metadata: { ...metadata, ...method, selected: true } };
      }),
    })),
  };
}
