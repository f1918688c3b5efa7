import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { destinations } from "../../destinations/index.js";
import type { JsonObject } from "../../sdk/json.js";
import { type CanonicalRow, type DestinationFixture, type TableToRead, testContext } from "../../sdk/testing/index.js";
import { canonicalize } from "../support/canonical-text.js";
import { createDatabase } from "../support/database.js";
import { selectText } from "../support/duckdb-text.js";
import { listPostgres, readPostgresTable } from "../support/read-postgres-table.js";

/** The fixtures of each built-in destination, by its name in the registry. */
export const destinationFixtures: Readonly<Record<string, () => Promise<DestinationFixture[]>>> = {
  postgres: () => Promise.all(Object.keys(inject("postgresUrls")).map(postgres)),
  file: async () => [await parquetFiles()],
};

async function postgres(major: string): Promise<DestinationFixture> {
  return {
    name: `postgres ${major}`,
    destination: await destinations.postgres!(),
    shared: true,
    readsWhileOpen: true,
    schema: "conformance",
    mayRefuse: ["list<list<int32>>"],
    async prepare() {
      return { config: { url: await createDatabase(inject("postgresUrls")[major]!, "conformance_destination") } };
    },
    list: ({ url }) => listPostgres(String(url)),
    readTable: ({ url }, table) => readPostgresTable(String(url), table),
  };
}

async function parquetFiles(): Promise<DestinationFixture> {
  return {
    name: "file (parquet)",
    destination: await destinations.file!(),
    shared: true,
    readsWhileOpen: true,
    schema: undefined,
    mayRefuse: [],
    async prepare() {
      const path = await mkdtemp(join(tmpdir(), "sluice-conformance-"));
      return { config: { path }, remove: () => rm(path, { recursive: true, force: true }) };
    },
    list: ({ path }) => readdir(String(path), { recursive: true }),
    readTable: (config, table) => readByQuery("file", config, table),
  };
}

/** Reads by the destination's own `query`, opened anew: for those whose engine is DuckDB. */
async function readByQuery(name: string, config: JsonObject, table: TableToRead): Promise<CanonicalRow[] | undefined> {
  const kind = await destinations[name]!();
  const context = testContext();
  const destination = await kind.open(kind.config.parse(config), context);
  try {
    const names = await destination.query("SELECT table_schema, table_name FROM information_schema.tables");
    const schema = table.schema ?? "main";
    if (!names.rows.some(([s, t]) => s === schema && t === table.table)) return undefined;
    const { rows } = await destination.query(selectText({ schema, name: table.table }, table.columns));
    return canonicalize(
      table.columns,
      rows.map((row) => Object.fromEntries(table.columns.map((column, i) => [column.name, row[i] as string | null]))),
    );
  } finally {
    await destination.close();
    context.remove();
  }
}
