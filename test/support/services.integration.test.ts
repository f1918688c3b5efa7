import pg from "pg";
import { expect, inject, test } from "vitest";
import { createDatabase } from "./database.js";

test.for(Object.entries(inject("postgresUrls")))(
  "PostgreSQL %s answers and is ready for change capture",
  async ([major, url]) => {
    const client = new pg.Client({ connectionString: await createDatabase(url, "services") });
    await client.connect();
    const settings = await client.query(
      "select current_setting('server_version_num') v, current_setting('wal_level') w",
    );
    await client.end();
    expect(Math.floor(settings.rows[0].v / 10_000)).toBe(Number(major));
    expect(settings.rows[0].w).toBe("logical");
  },
);
