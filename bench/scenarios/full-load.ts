import type { Endpoint, FileFormat } from "../endpoint.js";
import { exportedFile } from "../files.js";
import { pipeFloor, readerFloor, readFloor, writeFloor } from "../floors.js";
import type { Contender, Scenario, Surroundings } from "../scenario.js";
import type { BenchTable } from "../tables.js";
import { clear, endTitles, type TargetKind, targetOf } from "../targets.js";

type SourceKind = "postgres" | "duckdb" | FileFormat;

/** A way of rows through Sluice, its floor and the share of the floor's speed that is to be reached. */
interface Path {
  readonly name: string;
  readonly from: SourceKind;
  readonly to: TargetKind;
  readonly floor: (url: string, table: BenchTable) => Contender;
  readonly goal: number;
}

const readTable = (url: string, table: BenchTable) => readFloor(url, `select * from ${table.name}`);

const paths: readonly Path[] = [
  { name: "postgres_to_duckdb", from: "postgres", to: "duckdb", floor: readTable, goal: 0.82 },
  { name: "postgres_to_postgres", from: "postgres", to: "postgres", floor: pipeFloor, goal: 0.88 },
  { name: "postgres_to_parquet", from: "postgres", to: "parquet", floor: readTable, goal: 0.95 },
  { name: "duckdb_to_postgres", from: "duckdb", to: "postgres", floor: writes("binary"), goal: 0.85 },
  { name: "csv_to_postgres", from: "csv", to: "postgres", floor: writes("csv"), goal: 1.3 },
  { name: "csv_to_duckdb", from: "csv", to: "duckdb", floor: reads("csv"), goal: 0.9 },
  { name: "parquet_to_duckdb", from: "parquet", to: "duckdb", floor: reads("parquet"), goal: 0.9 },
  { name: "jsonl_to_duckdb", from: "jsonl", to: "duckdb", floor: reads("jsonl"), goal: 0.9 },
];

export const fullLoadNames: readonly string[] = paths.map(({ name }) => name);

/** A whole table, into a target that is empty. */
export function fullLoad(name: string, table: BenchTable, { url, movers }: Surroundings): Scenario {
  const path = paths.find((each) => each.name === name)!;
  const source: Endpoint = { kind: "postgres", url, schema: "public", table: table.name };
  const contenders = movers.flatMap((mover): Contender[] => {
    const target = targetOf(path.to, url, table.name, mover);
    if (mover.copy(endpoint(path.from, url, table, ""), target) === undefined) return [];
    let from: Endpoint;
    return [
      {
        name: mover.name,
        version: mover.version,
        target: mover.written(target),
        prepare: () => clear(target),
        setUp: async () => {
          const file = path.from === "postgres" ? "" : await exportedFile(url, table, path.from);
          from = endpoint(path.from, url, table, file);
        },
        command: () => mover.copy(from, target)!,
      },
    ];
  });
  return {
    name: `${name}:${table.name}`,
    title: `${endTitles[path.from]} → ${endTitles[path.to]}, ${table.name}`,
    goal: { kind: "ratio", atLeast: path.goal },
    contenders: [path.floor(url, table), ...contenders],
    expected: { place: source, columns: table.columns },
  };
}

function endpoint(kind: SourceKind, url: string, table: BenchTable, path: string): Endpoint {
  if (kind === "postgres") return { kind, url, schema: "public", table: table.name };
  if (kind === "duckdb") return { kind, path, schema: "main", table: table.name };
  return { kind: "file", path, format: kind, table: table.name };
}

function writes(format: "binary" | "csv") {
  return (url: string, table: BenchTable) => writeFloor(url, table, format);
}

function reads(format: FileFormat) {
  return (url: string, table: BenchTable) => readerFloor(url, table, format);
}
