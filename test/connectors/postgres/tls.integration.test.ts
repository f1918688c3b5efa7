import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import postgres from "../../../connectors/postgres/index.js";
import { readRequest, readStream } from "../../../sdk/testing/read-stream.js";
import { testContext } from "../../../sdk/testing/test-context.js";
import { findPostgresBinaries } from "../../support/postgres-binaries.js";
import { type PostgresServer, startPostgres } from "../../support/postgres-server.js";

/*
 * tls/ holds an authority, a certificate for localhost, and one for the role tls_reader, all good for a hundred years.
 */
const files = fileURLToPath(new URL("tls/", import.meta.url));
const context = testContext({ projectDir: files });
let server: PostgresServer;
let port: string;

beforeAll(async () => {
  const binaries = findPostgresBinaries().toSorted((a, b) => Number(b.major) - Number(a.major))[0]!;
  server = await startPostgres(binaries);
  port = new URL(server.url).port;
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`
    create role tls_reader login; create role scram_reader login;
    set password_encryption = 'scram-sha-256'; alter role scram_reader password 'p@ss/w:rd';
    create table t (id int primary key, v text); insert into t select i, repeat('v', 100) from generate_series(1, 50000) i;
    grant select on t to public`);
  for (const [name, value] of [
    ["ssl_cert_file", "server.pem"],
    ["ssl_key_file", "server-key.pem"],
    ["ssl_ca_file", "ca.pem"],
    ["ssl", "on"],
  ]) {
    await client.query(`alter system set ${name} = '${value}'`);
  }
  for (const file of ["server.pem", "server-key.pem", "ca.pem"]) {
    const { uid, gid } = statSync(server.dataDir);
    copyFileSync(join(files, file), join(server.dataDir, file));
    chownSync(join(server.dataDir, file), uid, gid);
    chmodSync(join(server.dataDir, file), 0o600);
  }
  const rules = [
    "hostssl all tls_reader 127.0.0.1/32 cert",
    "hostssl all scram_reader 127.0.0.1/32 scram-sha-256",
    "host all postgres 127.0.0.1/32 trust",
  ];
  writeFileSync(join(server.dataDir, "pg_hba.conf"), `${rules.join("\n")}\n`);
  await client.query("select pg_reload_conf()");
  await client.end();
  while (!(await speaksTls())) await new Promise((resolve) => setTimeout(resolve, 50));
});
afterAll(() => server.stop());

async function speaksTls(): Promise<boolean> {
  const client = new pg.Client({ connectionString: server.url, ssl: { rejectUnauthorized: false } });
  return await client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

async function read(config: Record<string, unknown>): Promise<number> {
  const base = { host: "localhost", port: Number(port), database: "postgres" };
  const source = await postgres.open(postgres.config.parse({ ...base, ...config }), context);
  try {
    const { streams } = await source.discover({ streams: ["public.t"] });
    return (await readStream(source, readRequest(streams[0]!, { parallelism: 2 }))).rows.length;
  } finally {
    await source.close();
  }
}

const scram = { user: "scram_reader", password: "p@ss/w:rd" };

describe("over TLS", () => {
  test.each(["prefer", "require", "verify-ca", "verify-full"])("sslmode %s reads everything", async (sslmode) => {
    expect(await read({ ...scram, sslmode, ...(sslmode.startsWith("verify") ? { sslrootcert: "ca.pem" } : {}) })).toBe(
      50_000,
    );
  });

  test("a client certificate logs in", async () => {
    const config = { user: "tls_reader", sslmode: "verify-full", sslrootcert: "ca.pem" };
    expect(await read({ ...config, sslcert: "client.pem", sslkey: "client-key.pem" })).toBe(50_000);
    await expect(read(config)).rejects.toMatchObject({ kind: "config", code: "postgres.login_refused" });
  });

  test("an unknown authority is refused by verify-full, with the fix", async () => {
    await expect(read({ ...scram, sslmode: "verify-full" })).rejects.toMatchObject({
      code: "postgres.certificate_untrusted",
      hint: expect.stringContaining("sslrootcert"),
    });
  });

  test("another host's certificate is refused by verify-full, taken by verify-ca", async () => {
    const config = { ...scram, host: "127.0.0.1", sslrootcert: "ca.pem" };
    await expect(read({ ...config, sslmode: "verify-full" })).rejects.toMatchObject({
      code: "postgres.certificate_name",
    });
    expect(await read({ ...config, sslmode: "verify-ca" })).toBe(50_000);
  });

  test("a certificate that cannot be read is named", async () => {
    await expect(read({ ...scram, sslmode: "verify-full", sslrootcert: "nowhere.pem" })).rejects.toMatchObject({
      code: "postgres.certificate_unreadable",
      message: "sslrootcert: cannot read nowhere.pem",
    });
  });
});

describe("a password", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-pgpass-"));
  beforeAll(() => {
    vi.stubEnv("PGPASSWORD", undefined);
    vi.stubEnv("PGPASSFILE", join(folder, "pgpass"));
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  test("that is wrong is refused, and so is none", async () => {
    const wrong = { kind: "config", code: "postgres.login_refused" };
    await expect(read({ ...scram, password: "wrong" })).rejects.toMatchObject(wrong);
    await expect(read({ user: "scram_reader" })).rejects.toMatchObject({ code: "postgres.password_missing" });
  });

  test("may stand in the password file", async () => {
    writeFileSync(join(folder, "pgpass"), "localhost:*:postgres:scram_reader:p@ss/w\\:rd\n", { mode: 0o600 });
    expect(await read({ user: "scram_reader" })).toBe(50_000);
  });
});

test("a URL carries the same settings", async () => {
  const url = `postgres://scram_reader:p%40ss%2Fw%3Ard@localhost:${port}/postgres?sslmode=verify-full&sslrootcert=ca.pem`;
  expect(await read({ url, host: undefined, port: undefined, database: undefined })).toBe(50_000);
});
