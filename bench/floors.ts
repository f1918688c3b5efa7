import { join } from "node:path";
import { type Command, quoted, shell } from "./command.js";
import { literal } from "./duckdb.js";
import type { FileFormat } from "./endpoint.js";
import { exportedFile } from "./files.js";
import { psql, query } from "./postgres.js";
import type { Contender } from "./scenario.js";
import type { BenchTable } from "./tables.js";
import { clear, targetOf } from "./targets.js";
import { programDir } from "./workspace.js";

const floor = { name: "floor" };

/** psql reads the table and throws it away. */
export function readFloor(url: string, select: string): Contender {
  const read = psql(url, `copy (${select}) to stdout (format binary)`);
  return contender("psql COPY binary > /dev/null", () => shell(`${read} > /dev/null`));
}

/** One psql reads the table, another writes it. */
export function pipeFloor(url: string, table: BenchTable): Contender {
  const read = psql(url, `copy ${table.name} to stdout (format binary)`);
  const write = psql(url, `copy bench_floor.${table.name} from stdin (format binary)`);
  return { ...contender("psql | psql, COPY binary", () => shell(`${read} | ${write}`)), ...emptyTable(url, table) };
}

/** psql writes a file that is there already, in Postgres' own format or as CSV. */
export function writeFloor(url: string, table: BenchTable, format: "binary" | "csv"): Contender {
  let file = "";
  const options = format === "csv" ? "format csv, header" : "format binary";
  const write = psql(url, `copy bench_floor.${table.name} from stdin (${options})`);
  return {
    ...contender(`psql COPY ${format} in`, () => shell(`${write} < ${quoted(file)}`)),
    ...emptyTable(url, table),
    setUp: async () => {
      file = await exportedFile(url, table, format);
    },
  };
}

/** DuckDB reads a file into a database file. */
export function readerFloor(url: string, table: BenchTable, format: FileFormat): Contender {
  let file = "";
  const target = targetOf("duckdb", url, table.name, floor);
  const reader = { csv: "read_csv", parquet: "read_parquet", jsonl: "read_json" }[format];
  const load = () => `create table bench.${table.name} as from ${reader}(${literal(file)})`;
  return {
    ...contender(`DuckDB ${reader}`, () =>
      nodeProgram("duckdb-program.js", pathOf(target), "create schema bench", load()),
    ),
    target,
    prepare: () => clear(target),
    setUp: async () => {
      file = await exportedFile(url, table, format);
    },
  };
}

/** Node starts and ends. */
export function nodeFloor(): Contender {
  return contender("node -e 0", () => ({ argv: [process.execPath, "-e", "0"] }));
}

function contender(version: string, command: () => Command): Contender {
  return { ...floor, version, command, target: undefined };
}

function emptyTable(url: string, table: BenchTable): Pick<Contender, "target" | "prepare"> {
  const target = targetOf("postgres", url, table.name, floor);
  return {
    target,
    prepare: () => {
      clear(target);
      query(url, `create table bench_floor.${table.name} (like ${table.name} including all)`);
    },
  };
}

function pathOf(target: ReturnType<typeof targetOf>): string {
  return target.kind === "postgres" ? target.url : target.path;
}

function nodeProgram(name: string, ...args: string[]): Command {
  return { argv: [process.execPath, join(programDir, name), ...args] };
}
