import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import file from "../../../destinations/file/index.js";
import type { JsonObject } from "../../../sdk/json.js";
import {
  type CanonicalRow,
  destinationConformance,
  type TableToRead,
  testContext,
} from "../../../sdk/testing/index.js";
import { canonicalize } from "../../support/canonical-text.js";
import { selectText } from "../../support/duckdb-text.js";

destinationConformance(
  { describe, test, afterAll },
  {
    name: "file (parquet)",
    destination: file,
    async prepare() {
      const path = await mkdtemp(join(tmpdir(), "sluice-conformance-"));
      return { config: { path }, remove: () => rm(path, { recursive: true, force: true }) };
    },
    shared: true,
    schema: undefined,
    readsWhileOpen: true,
    mayRefuse: [],
    foldsNegativeZero: true,
    list: ({ path }) => readdir(String(path), { recursive: true }),
    readTable,
  },
);

/** Reads by a destination's own `query`, opened anew. */
async function readTable(config: JsonObject, { table, columns }: TableToRead): Promise<CanonicalRow[] | undefined> {
  const context = testContext();
  const destination = await file.open(file.config.parse(config), context);
  try {
    const tables = await destination.query("SELECT table_name FROM information_schema.tables");
    if (!tables.rows.some(([name]) => name === table)) return undefined;
    const { rows } = await destination.query(selectText({ schema: undefined, name: table }, columns));
    const named = rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] as string | null])));
    return canonicalize(columns, named);
  } finally {
    await destination.close();
    context.remove();
  }
}
