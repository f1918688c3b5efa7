import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Knex } from "knex";
import type { StoreLocation } from "./store-location.js";

// What goes wrong is thrown; knex would also print it, on stdout.
const silent = { warn() {}, error() {}, deprecate() {}, debug() {} };

/** Opens the database of a store. knex and its driver are loaded here and nowhere before: they take a tenth of a second. */
export async function connect(location: StoreLocation): Promise<Knex> {
  const { default: knex } = await import("knex");
  if (location.type === "postgres") {
    const pool = { min: 0, max: 2 };
    return knex({ client: "pg", connection: location.url, pool, acquireConnectionTimeout: 5_000, log: silent });
  }
  mkdirSync(dirname(location.path), { recursive: true });
  const database = knex({
    client: libsqlClient(),
    connection: { filename: location.path },
    useNullAsDefault: true,
    log: silent,
  });
  await database.raw("pragma busy_timeout = 5000");
  await database.raw("pragma journal_mode = wal");
  return database;
}

/** knex's own dialect of SQLite, with the driver that needs no compiler: libsql keeps the same calls. */
function libsqlClient(): typeof Knex.Client {
  const require = createRequire(import.meta.url);
  const sqlite = require("knex/lib/dialects/better-sqlite3/index.js") as typeof Knex.Client;
  return class extends sqlite {
    _driver() {
      return require("libsql");
    }
  };
}
