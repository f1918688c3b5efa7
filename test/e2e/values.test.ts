import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import type { RunReport } from "../../core/sync/report.js";
import type { UnpackedValue } from "../../sdk/batch/unpack.js";
import { type ColumnType, formatType, parseType } from "../../sdk/schema/column-type.js";
import { canonicalRows, extremeValues, repack, sortedRows } from "../../sdk/testing/index.js";
import { createDatabase } from "../support/database.js";
import { runSluice } from "../support/run-program.js";
import { edgeTable, edgeTypes } from "./edge-table.js";
import { type GoalKind, makeGoal } from "./value-goals.js";
import { fillDuckdb, fillParquet, fillPostgres, type SourceTable } from "./value-sources.js";

// No value is ever changed silently: from every source into every destination it arrives exactly, or its stream fails.
const goals: readonly GoalKind[] = ["duckdb", "postgres", "parquet"];
const server = inject("postgresUrl");

const edges = edgeTable(edgeTypes, unsigned);
const { columns } = edges;

const extremes: readonly SourceTable[] = edgeTypes.flatMap((type) =>
  extremeValues(type).map((value, i) => extreme(`extreme_${formatType(type)}_${i}`, type, value)),
);

function extreme(name: string, type: ColumnType, value: UnpackedValue): SourceTable {
  return { name, columns: [{ name: "v", type, nullable: true }], rows: [{ v: value }] };
}

/** DuckDB's storage and Parquet take -0 for 0; that Postgres does not is tested where it is alone. */
function unsigned(value: UnpackedValue): UnpackedValue {
  if (Object.is(value, -0)) return 0;
  return Array.isArray(value) ? value.map(unsigned) : value;
}

interface Place {
  readonly location: string;
  readonly namespace: string;
}

const places = {
  async postgres(): Promise<Place> {
    const url = await createDatabase(server, "values_source");
    // Postgres holds no NUL in text.
    await fillPostgres(url, [edges, ...extremes.filter(({ name }) => !name.startsWith("extreme_string"))]);
    return { location: url, namespace: "public." };
  },
  async duckdb(): Promise<Place> {
    const path = join(await mkdtemp(join(tmpdir(), "sluice-values-")), "source.duckdb");
    await fillDuckdb(path, [edges, ...extremes]);
    return { location: path, namespace: "main." };
  },
  async parquet(): Promise<Place> {
    const folder = await mkdtemp(join(tmpdir(), "sluice-values-"));
    await fillParquet(folder, [edges, ...extremes]);
    return { location: folder, namespace: "" };
  },
};

async function copy(from: string, to: string, ...options: string[]): Promise<{ report: RunReport; stderr: string }> {
  const { stdout, stderr } = await runSluice(["copy", from, to, "--json", ...options]);
  expect(stdout, stderr).toMatch(/^{/);
  return { report: JSON.parse(stdout), stderr };
}

describe.each(Object.keys(places) as (keyof typeof places)[])("values from %s", (kind) => {
  let place: Place;
  beforeAll(async () => {
    place = await places[kind]();
  });

  test.each(goals)("arrive in %s exactly, or their stream fails and nothing of it is there", async (goalKind) => {
    const goal = await makeGoal(goalKind, server, `values_${kind}`);
    const { report } = await copy(place.location, goal.location);
    const streams = report.connections[0]!.streams;
    const streamOf = (table: SourceTable) => streams.find(({ stream }) => stream === place.namespace + table.name);
    expect(streamOf(edges)).toMatchObject({ status: "succeeded", error: null, read: 14, written: 14 });
    const found = await goal.readAll([edges, ...extremes]);
    expect(sortedRows(found.get("edges") ?? [])).toEqual(sortedRows(canonicalRows(repack(columns, edges.rows))));
    for (const table of extremes) {
      const stream = streamOf(table);
      if (stream === undefined) continue;
      const rows = found.get(table.name);
      if (stream.status === "succeeded")
        expect(rows, table.name).toEqual(canonicalRows(repack(table.columns, table.rows)));
      else {
        expect(stream.error, table.name).toMatchObject({ kind: "data", stream: stream.stream });
        expect(rows ?? [], table.name).toEqual([]);
      }
    }
  });
});

const texts = ["", "NULL", "007", "1e5", "true", " padded ", 'quo"te', "line\nbreak", "ä€😀", "e\u0301", "2024-02-30"];
const written = texts.map((text, i) => ({
  text,
  big: String([9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n, 9_007_199_254_740_993n][i % 3]),
  exact: `${i}.12345678901234567891`,
  missing: i % 2 === 0 ? null : "present",
}));
const textColumns = Object.keys(written[0]!).map((name) => ({ name, type: parseType("string"), nullable: true }));

describe.each(["csv", "jsonl"])("values from %s", (format) => {
  test.each(goals)("keep every digit and character in %s", async (goalKind) => {
    const goal = await makeGoal(goalKind, server, `values_${format}`);
    const path = join(await mkdtemp(join(tmpdir(), "sluice-values-")), `texts.${format}`);
    await writeFile(path, format === "csv" ? csvOf(written) : jsonOf(written));
    const { report, stderr } = await copy(path, goal.location);
    expect(report.status, stderr).toBe("succeeded");
    const found = await goal.readAll([{ name: "texts", columns: textColumns }]);
    expect(sortedRows(found.get("texts") ?? [])).toEqual(sortedRows(written));
  });

  test.each(goals)("that are no Unicode are refused on the way to %s, and nothing is there", async (goalKind) => {
    const goal = await makeGoal(goalKind, server, `values_${format}_bad`);
    const path = join(await mkdtemp(join(tmpdir(), "sluice-values-")), `bad.${format}`);
    const bad = format === "csv" ? "id,t\n1,good\n2,b\xffd\n" : '{"id": 1, "t": "good"}\n{"id": 2, "t": "b\xffd"}\n';
    await writeFile(path, bad, "latin1");
    const { report } = await copy(path, goal.location);
    const [connection] = report.connections;
    expect(connection!.streams[0]?.error ?? connection!.error).toMatchObject({ kind: "data" });
    const found = await goal.readAll([{ name: "bad", columns: textColumns.slice(0, 1) }]).catch(() => undefined);
    expect(found?.get("bad") ?? []).toEqual([]);
  });
});

test.each(goals)("half a surrogate pair in JSON stays the JSON text it is in %s, or is refused", async (goalKind) => {
  const goal = await makeGoal(goalKind, server, "values_surrogate");
  const path = join(await mkdtemp(join(tmpdir(), "sluice-values-")), "half.jsonl");
  await writeFile(path, '{"t": "\\ud800"}\n');
  const [connection] = (await copy(path, goal.location)).report.connections;
  const error = connection!.streams[0]?.error ?? connection!.error;
  const columns = [{ name: "t", type: parseType("json"), nullable: true }];
  const found = (await goal.readAll([{ name: "half", columns }])).get("half");
  if (error === null) expect(found).toEqual([{ t: '"\\ud800"' }]);
  else expect([error.kind, found ?? []]).toEqual(["data", []]);
});

function csvOf(rows: typeof written): string {
  const cell = (value: string | null) => (value === null ? "" : `"${value.replaceAll('"', '""')}"`);
  return [Object.keys(rows[0]!).join(","), ...rows.map((row) => Object.values(row).map(cell).join(","))].join("\n");
}

function jsonOf(rows: typeof written): string {
  const line = ({ text, big, exact, missing }: (typeof written)[number]) =>
    `{"text": ${JSON.stringify(text)}, "big": ${big}, "exact": ${exact}, "missing": ${JSON.stringify(missing)}}`;
  return rows.map(line).join("\n");
}
