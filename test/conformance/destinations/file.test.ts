import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import file from "../../../destinations/file/index.js";
import { tableFolder } from "../../../destinations/file/layout.js";
import type { JsonObject } from "../../../sdk/json.js";
import { type Engine, openEngine } from "../../../sdk/sql/duckdb/engine.js";
import { type CanonicalRow, destinationConformance, type TableToRead } from "../../../sdk/testing/index.js";
import { canonicalize } from "../../support/canonical-text.js";
import { selectText } from "../../support/duckdb-text.js";

let reader: Promise<Engine> | undefined;
afterAll(async () => (await reader)?.close());

destinationConformance(
  { describe, test, afterAll },
  {
    name: "file (parquet)",
    destination: file,
    async prepare() {
      const path = await mkdtemp(join(tmpdir(), "sluice-conformance-"));
      return { config: { path }, remove: () => rm(path, { recursive: true, force: true }) };
    },
    ownSystem: true,
    shared: true,
    schema: undefined,
    readsWhileOpen: true,
    mayRefuse: [],
    foldsNegativeZero: true,
    list: ({ path }) => readdir(String(path), { recursive: true }),
    readTable,
  },
);

/** Reads by the view that stands beside the table's files, in a DuckDB that knows nothing else. */
async function readTable({ path }: JsonObject, { table, columns }: TableToRead): Promise<CanonicalRow[] | undefined> {
  const { view } = tableFolder(String(path), undefined, table);
  const sql = await readFile(view, "utf8").catch(() => undefined);
  if (sql === undefined) return undefined;
  reader ??= openEngine({ path: ":memory:", memoryBytes: 2 ** 28, threads: 1, tempDir: tmpdir() });
  const connection = await (await reader).connect();
  try {
    await connection.run(sql);
    const { rows } = await connection.query(selectText({ schema: undefined, name: table }, columns));
    const named = rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] as string | null])));
    return canonicalize(columns, named);
  } finally {
    await connection.close();
  }
}
