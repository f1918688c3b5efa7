import { afterAll, describe, inject, test } from "vitest";
import postgres from "../../../destinations/postgres/index.js";
import { destinationConformance } from "../../../sdk/testing/index.js";
import { createDatabase } from "../../support/database.js";
import { listPostgres, readPostgresTable } from "../../support/read-postgres-table.js";

for (const [major, server] of Object.entries(inject("postgresUrls"))) {
  destinationConformance(
    { describe, test, afterAll },
    {
      name: `postgres ${major}`,
      destination: postgres,
      prepare: async () => ({ config: { url: await createDatabase(server, "conformance_destination") } }),
      shared: true,
      schema: "conformance",
      readsWhileOpen: true,
      mayRefuse: [],
      foldsNegativeZero: false,
      list: ({ url }) => listPostgres(String(url)),
      readTable: ({ url }, table) => readPostgresTable(String(url), table),
    },
  );
}
