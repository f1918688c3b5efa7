import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import duckdb from "../../../connectors/duckdb/index.js";
import postgres from "../../../connectors/postgres/index.js";
import type { OpenSource } from "../../../sdk/source.js";
import { testContext } from "../../../sdk/testing/index.js";
import { edgeTable } from "../../e2e/edge-table.js";
import { fillDuckdb, fillPostgres } from "../../e2e/value-sources.js";
import { createDatabase } from "../../support/database.js";

// Two systems with the same values give the same digests, whatever the type.
const table = edgeTable();
const { columns } = table;
const key = [columns[0]!];
const context = testContext();
let sources: readonly [OpenSource, string][];

beforeAll(async () => {
  const url = await createDatabase(inject("postgresUrl"), "digests");
  await fillPostgres(url, [table]);
  const path = join(await mkdtemp(join(tmpdir(), "sluice-digests-")), "edges.duckdb");
  await fillDuckdb(path, [table]);
  sources = [
    [await postgres.open(postgres.config.parse({ url }), context), "public"],
    [await duckdb.open(duckdb.config.parse({ path }), context), "main"],
  ];
});

afterAll(async () => {
  for (const [source] of sources) await source.close();
  context.remove();
});

async function ofBoth(ask: (source: OpenSource, namespace: string) => Promise<unknown[]>): Promise<unknown[][]> {
  const answers = await Promise.all(sources.map(([source, namespace]) => ask(source, namespace)));
  return answers.map((rows) => rows.map((row) => JSON.stringify(row)).sort());
}

function stream(namespace: string) {
  return { name: "edges", namespace, columns, primaryKey: ["id"], cursorFields: [], readModes: [] };
}

describe("Postgres and DuckDB", () => {
  test.each(columns.slice(1))("agree on the rows' digests by $name", async (column) => {
    const [left, right] = await ofBoth((source, namespace) =>
      source.digests!.rows({ stream: stream(namespace), key, columns: [...key, column], digits: 0 }),
    );
    expect(left).toHaveLength(14);
    expect(right).toEqual(left);
  });

  test("agree on buckets, their sums and the greatest cursor in each", async () => {
    const cursor = columns.find(({ type }) => type.kind === "timestamp")!;
    const [left, right] = await ofBoth((source, namespace) =>
      source.digests!.buckets({ stream: stream(namespace), key, columns, cursor, digits: 1 }),
    );
    expect(left!.length).toBeGreaterThan(1);
    expect(right).toEqual(left);
  });

  test("agree on the rows of a bucket, under a filter, with their cursors", async () => {
    const cursor = key[0]!;
    const filter = [{ column: "id", operator: ">=" as const, values: ["7"] }];
    const request = { key, columns: key, cursor, digits: 1, filter, buckets: [..."02468ace"] };
    const [left, right] = await ofBoth((source, namespace) =>
      source.digests!.rows({ ...request, stream: stream(namespace) }),
    );
    expect(left!.length).toBeGreaterThan(0);
    expect(left!.length).toBeLessThan(7);
    expect(right).toEqual(left);
  });

  test("differ in one row's digest where one value differs", async () => {
    const column = columns.find(({ type }) => type.kind === "string")!;
    const request = { key, columns: [...key, column], digits: 0 };
    const [source, namespace] = sources[0]!;
    const rows = await source.digests!.rows({ ...request, stream: stream(namespace) });
    expect(new Set(rows.map(({ digest }) => digest)).size).toBe(14);
  });
});
