import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import type { UnpackedValue } from "../../sdk/batch/unpack.js";
import { formatType, parseType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { canonicalRows, repack, sortedRows } from "../../sdk/testing/index.js";
import { createDatabase } from "../support/database.js";
import { runSluice } from "../support/run-program.js";
import { edgeTable, edgeTypes } from "./edge-table.js";
import { makeGoal } from "./value-goals.js";
import { fillPostgres, type SourceTable } from "./value-sources.js";

// What transforms, a function, rules and child tables do not change arrives exactly all the same.
const server = inject("postgresUrl");
const edges = edgeTable(edgeTypes, unsigned);

/** Of each type a list with all its edges. */
const lists: SourceTable = {
  name: "lists",
  columns: [column("id", "int64"), ...itemTypes().map((type, i) => column(`l${i}`, `list<${type}>`))],
  rows: [{ id: 1n, ...Object.fromEntries(itemTypes().map((type, i) => [`l${i}`, edgesOf(type)])) }],
};

function column(name: string, type: string): Column {
  return { name, type: parseType(type), nullable: true };
}

function itemTypes(): string[] {
  return edgeTypes.filter(({ kind }) => kind !== "list" && kind !== "json").map(formatType);
}

function edgesOf(type: string): UnpackedValue[] {
  const at = edgeTypes.findIndex((one) => formatType(one) === type);
  const { name } = edges.columns[at + 1]!;
  return edges.rows.map((row) => row[name] ?? null);
}

/** DuckDB's storage takes -0 for 0; that Postgres does not is tested where it is alone. */
function unsigned(value: UnpackedValue): UnpackedValue {
  if (Object.is(value, -0)) return 0;
  return Array.isArray(value) ? value.map(unsigned) : value;
}

test.each(["duckdb", "postgres"] as const)(
  "every edge value comes through all that can be done to a row into %s",
  async (kind) => {
    const url = await createDatabase(server, `values_refined_${kind}`);
    await fillPostgres(url, [edges, lists]);
    const goal = await makeGoal(kind, server, `values_refined_target_${kind}`);
    const folder = await mkdtemp(join(tmpdir(), "sluice-values-"));
    await writeFile(join(folder, "same.mjs"), "export default (row) => row;");
    const refined = {
      primary_key: ["id"],
      filter: "id + 0 >= 0",
      derive: { twice: "id * 2" },
      function: "./same.mjs",
      quality: [{ not_null: ["id"] }, { expression: "count(*) > 0 and sum(twice) >= 0" }],
    };
    const tables = Object.fromEntries(lists.columns.slice(1).map(({ name }) => [name, "child_table"]));
    const streams = {
      "public.edges": { ...refined, nested: { [edges.columns.at(-1)!.name]: "json" } },
      "public.lists": { ...refined, nested: tables },
    };
    const destination =
      kind === "duckdb" ? { connector: "duckdb", path: goal.location } : { connector: "postgres", url: goal.location };
    const text = {
      sources: { pg: { connector: "postgres", url } },
      destinations: { goal: destination },
      connections: {
        values: { source: "pg", destination: "goal", schema: kind === "duckdb" ? "main" : "public", streams },
      },
    };
    await writeFile(join(folder, "sluice.yaml"), JSON.stringify(text));
    const { code, stdout, stderr } = await runSluice(["sync", "--project", folder, "--json"]);
    expect(code, stdout + stderr).toBe(0);
    const children = lists.columns.slice(1).flatMap(({ name, type }) => {
      if (type.kind !== "list") return [];
      const value = { name: "value", type: type.item, nullable: true };
      return [{ name: `lists_${name}`, list: name, type, columns: [column("_sluice_index", "int64"), value] }];
    });
    const found = await goal.readAll([{ name: "edges", columns: edges.columns }, ...children]);
    expect(sortedRows(found.get("edges") ?? [])).toEqual(sortedRows(canonicalRows(repack(edges.columns, edges.rows))));
    for (const { name, list, type, columns } of children) {
      const items = (lists.rows[0]![list] as UnpackedValue[]).map((value, at) => ({
        _sluice_index: BigInt(at),
        value,
      }));
      expect(sortedRows(found.get(name) ?? []), formatType(type)).toEqual(
        sortedRows(canonicalRows(repack(columns, items))),
      );
    }
    const verified = await runSluice(["verify", "--project", folder, "--json"]);
    expect(verified.code, verified.stdout).toBe(0);
  },
);
