import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { freePort } from "./free-port.js";
import { type PostgresBinaries, reachableBinaries } from "./postgres-binaries.js";

export interface PostgresServer {
  readonly major: string;
  /** A superuser's URL; every login on 127.0.0.1 is trusted. */
  readonly url: string;
  readonly dataDir: string;
  /** Of the postmaster, for tests that kill it. */
  readonly pid: number;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Whether commits survive a crash of the server; off for speed. */
  readonly durable?: boolean;
  /** More settings, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts a server of its own on a free port, in a folder of its own. It ends with this process, however that ends.
 * PostgreSQL refuses to run as root, so root starts it as `nobody`.
 */
export async function startPostgres(
  binaries: PostgresBinaries,
  options: PostgresOptions = {},
): Promise<PostgresServer> {
  const asRoot = process.getuid?.() === 0;
  const user: { uid?: number; gid?: number } = asRoot ? nobody() : {};
  const { bin, copy } = asRoot ? reachableBinaries(binaries.bin) : { bin: binaries.bin, copy: undefined };
  const folder = mkdtempSync(join(tmpdir(), `sluice-postgres-${binaries.major}-`));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const dataDir = join(folder, "data");
  const initdb = ["-D", dataDir, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  execFileSync(join(bin, "initdb"), initdb, { ...user, cwd: folder, stdio: ["ignore", "ignore", "pipe"] });

  const port = await freePort();
  const settings = Object.entries({ ...defaults, ...(options.durable ? {} : volatile), ...options.settings, port });
  const log = join(folder, "server.log");
  const child = spawn(
    "/bin/sh",
    [
      "-c",
      watchdog,
      folder,
      log,
      join(bin, "postgres"),
      "-D",
      dataDir,
      ...settings.flatMap(([k, v]) => ["-c", `${k}=${v}`]),
    ],
    { ...user, cwd: folder, stdio: ["pipe", "ignore", "ignore"], detached: true },
  );
  const ended = once(child, "exit");
  const stop = async () => {
    child.stdin.end();
    await ended;
    if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  if (!(await answers(url))) {
    const lines = readFileSync(log, "utf8");
    await stop();
    throw new Error(`PostgreSQL ${binaries.major} did not start:\n${lines}`);
  }
  const pid = Number(readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n")[0]);
  return { major: binaries.major, url, dataDir, pid, stop };
}

// Its standard input closes when this process ends, by kill -9 too: then the server goes, and its data.
const watchdog = `
log=$1; shift
"$@" >"$log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT $server 2>/dev/null
wait $server
rm -rf "$0"
`;

const defaults = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  wal_level: "logical",
  max_wal_senders: "20",
  max_replication_slots: "20",
  max_prepared_transactions: "20",
  shared_buffers: "64MB",
  dynamic_shared_memory_type: "mmap",
  timezone: "UTC",
};

const volatile = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

function nobody(): { uid: number; gid: number } {
  const number = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: number("-u"), gid: number("-g") };
}

async function answers(url: string): Promise<boolean> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(50)) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}
