import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { shell } from "./command.js";
import { duckdb, identifier, literal } from "./duckdb.js";
import type { Endpoint, PostgresEndpoint } from "./endpoint.js";
import { psql } from "./postgres.js";
import type { ComparedColumn } from "./tables.js";
import { dataFolder } from "./workspace.js";

/** What two copies of a table must have in common: the rows, and per column the sum of all values' hashes. */
export interface Fingerprint {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, string>;
}

/** Reads every value of a relation. Order does not matter, multiplicity does. */
export async function fingerprint(place: Endpoint, columns: readonly ComparedColumn[]): Promise<Fingerprint> {
  switch (place.kind) {
    case "duckdb": {
      const relation = compared(`d.${identifier(place.schema)}.${identifier(place.table)}`, columns);
      return hashed([`attach ${literal(place.path)} as d (read_only)`], relation, columns);
    }
    case "file":
      return hashed([], compared(fileRelation(place.path, place.format, columns), columns), columns);
    case "postgres":
      return await exported(place, columns);
  }
}

/** The names of what differs: empty where two copies agree. */
export function differences(expected: Fingerprint, found: Fingerprint): string[] {
  const rows = expected.rows === found.rows ? [] : [`${found.rows} rows instead of ${expected.rows}`];
  const columns = [...expected.columns].filter(([name, hash]) => found.columns.get(name) !== hash);
  return [...rows, ...columns.map(([name]) => name)];
}

async function hashed(
  setup: readonly string[],
  relation: string,
  columns: readonly ComparedColumn[],
): Promise<Fingerprint> {
  const hashes = columns.map((column) => `sum(hash(${castSql(column)}))::varchar`);
  const statements = ["set timezone = 'UTC'", ...setup, `select count(*)::int, ${hashes.join(", ")} from ${relation}`];
  const [rows, ...sums] = (await duckdb(statements))[0]!;
  return { rows: Number(rows), columns: new Map(columns.map(({ name }, i) => [name, String(sums[i])])) };
}

/** What is no JSON, such as a struct of the floor's, is compared as its text. */
function castSql({ name, type, json }: ComparedColumn): string {
  const value = `cast(${identifier(name)} as ${type})`;
  return json ? `coalesce(try(json(${value}))::varchar, ${value})` : value;
}

/** The compared values of a relation, in SQL that Postgres and DuckDB share. */
function compared(relation: string, columns: readonly ComparedColumn[]): string {
  const value = ({ name, digest }: ComparedColumn) =>
    digest ? `md5(${identifier(name)}) as ${identifier(name)}` : identifier(name);
  return `(select ${columns.map(value).join(", ")} from ${relation})`;
}

/** Postgres writes its own text of every value, and DuckDB reads it: neither passes through what is measured. */
async function exported(place: PostgresEndpoint, columns: readonly ComparedColumn[]): Promise<Fingerprint> {
  const folder = mkdtempSync(join(dataFolder("."), "export-"));
  try {
    const file = join(folder, "rows.csv");
    const table = `${identifier(place.schema)}.${identifier(place.table)}`;
    const copy = `copy ${compared(table, columns)} to stdout (format csv)`;
    const [program, ...args] = shell(`PGTZ=UTC ${psql(place.url, copy)} > ${literal(file)}`).argv;
    execFileSync(program!, args);
    return await hashed([], fileRelation(file, "csv", columns, false), columns);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A file's rows with the compared types, read strictly. */
function fileRelation(path: string, format: string, columns: readonly ComparedColumn[], header = true): string {
  const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(", ");
  if (format === "parquet") return `read_parquet(${literal(path)})`;
  if (format === "jsonl") return `read_json(${literal(path)}, columns = {${types}}, format = 'newline_delimited')`;
  return `read_csv(${literal(path)}, columns = {${types}}, header = ${header}, auto_detect = false,
    delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)`;
}
