import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import duckdb from "../../../destinations/duckdb/index.js";
import { quoteTable } from "../../../sdk/sql/duckdb/identifiers.js";
import { destinationConformance } from "../../../sdk/testing/destination-conformance.js";
import { readRows } from "../../support/read-duckdb.js";

destinationConformance(
  { describe, test, afterAll },
  {
    name: "duckdb",
    destination: duckdb,
    async prepare() {
      const folder = mkdtempSync(join(tmpdir(), "sluice-duckdb-"));
      return {
        config: { path: join(folder, "test.duckdb") },
        remove: async () => rmSync(folder, { recursive: true }),
      };
    },
    ownSystem: true,
    shared: false,
    schema: "main",
    mayRefuse: [],
    foldsNegativeZero: true,
    readsWhileOpen: false,
    async readTable({ path }, { schema, table, columns }) {
      const names = columns.map(({ name }) => quoteTable({ name })).join(", ");
      try {
        return await readRows(String(path), `SELECT ${names} FROM ${quoteTable({ schema, name: table })}`, columns);
      } catch (error) {
        if ((await tables(String(path))).includes(`${schema}.${table}`)) throw error;
        return undefined;
      }
    },
    list: ({ path }) => tables(String(path)),
  },
);

async function tables(path: string): Promise<string[]> {
  const rows = await readRows(path, "SELECT schema_name, table_name FROM duckdb_tables()", textColumns(2));
  return rows.map(({ c0, c1 }) => `${c0}.${c1}`);
}

function textColumns(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    name: `c${i}`,
    type: { kind: "string" as const },
    nullable: true,
  }));
}
