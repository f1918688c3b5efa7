import { afterAll, describe, inject, test } from "vitest";
import source from "../../../connectors/postgres/index.js";
import postgres from "../../../destinations/postgres/index.js";
import type { JsonObject } from "../../../sdk/json.js";
import type { TableToRead } from "../../../sdk/testing/destination-bed.js";
import { destinationConformance } from "../../../sdk/testing/destination-conformance.js";
import { readRequest, readStream } from "../../../sdk/testing/read-stream.js";
import { testContext } from "../../../sdk/testing/test-context.js";
import { createDatabase } from "../../support/database.js";
import { queryPostgres } from "../../support/query.js";

destinationConformance(
  { describe, test, afterAll },
  {
    name: "postgres",
    destination: postgres,
    prepare: async () => ({ config: { url: await createDatabase(inject("postgresUrl"), "conformance_pgdest") } }),
    shared: true,
    schema: "conformance",
    readsWhileOpen: true,
    readTable,
    async list({ url }) {
      const relations = "select relnamespace::regnamespace || '.' || relname from pg_class";
      const rows = await queryPostgres(
        String(url),
        `${relations} union all select nspname from pg_namespace order by 1`,
      );
      return rows.flat().map(String);
    },
  },
);

async function readTable(config: JsonObject, { schema, table, columns }: TableToRead) {
  const context = testContext();
  const opened = await source.open(source.config.parse(config), context);
  try {
    const { streams } = await opened.discover();
    const stream = streams.find(({ name, namespace }) => name === table && namespace === schema);
    if (stream === undefined) return undefined;
    const names = columns.map(({ name }) => name);
    return (await readStream(opened, readRequest(stream, { columns: names }))).rows;
  } finally {
    await opened.close();
    context.remove();
  }
}
