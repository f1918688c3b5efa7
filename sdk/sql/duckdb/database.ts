import { existsSync, fstatSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import duckdb from "@duckdb/node-bindings";
import { ConfigError } from "../../errors.js";
import { duckError } from "./duck-error.js";
import { quoteLiteral } from "./identifiers.js";

/** An opened database. */
export interface Database {
  readonly instance: duckdb.Database;
  /** What a connection does first. */
  readonly prelude: string;
}

export type Connection = duckdb.Connection;

export interface DatabaseOptions {
  /** A file, created where there is none, or `:memory:`. */
  readonly path: string;
  readonly readOnly?: boolean;
  /** Bytes DuckDB may hold; beyond them it spills to `tempDir`. */
  readonly memoryBytes: number;
  /** Threads a statement may use. */
  readonly threads: number;
  /** Folder for what does not fit into memory. */
  readonly tempDir: string;
  /** The format of a file that is made: DuckDB of this version and newer reads it. A file that is there keeps its own. */
  readonly storageVersion?: string;
  /** Further settings by their DuckDB name (https://duckdb.org/docs/stable/configuration/overview). */
  readonly settings?: Readonly<Record<string, string>>;
}

const fixedSettings: Readonly<Record<string, string>> = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
  preserve_insertion_order: "false",
};

/**
 * Opens a DuckDB database in this thread; `closeDatabase` ends it. Extensions are neither installed nor loaded by
 * themselves, sessions are in UTC, and rows come and go in any order unless a statement orders them.
 * @throws ConfigError `duckdb.open_twice` when this process has the file open already (in any thread): DuckDB would lose
 *   data silently; otherwise what `duckError` makes of DuckDB's refusal
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { path, readOnly = false } = options;
  const isFile = path !== ":memory:";
  if (isFile) refuseSecondOpening(path, readOnly);
  const config = duckdb.create_config();
  const settings: Record<string, string> = {
    ...fixedSettings,
    memory_limit: `${Math.max(1, Math.floor(options.memoryBytes / 1024))}KiB`,
    threads: String(Math.max(1, options.threads)),
    temp_directory: options.tempDir,
    ...options.settings,
  };
  for (const [name, value] of Object.entries(settings)) duckdb.set_config(config, name, value);
  try {
    const instance = await duckdb.open(":memory:", config);
    if (isFile) await attach(instance, path, attachOptions(options));
    return { instance, prelude: `SET TimeZone = 'UTC'${isFile ? `; USE ${catalog}` : ""}` };
  } catch (error) {
    throw duckError(error, { path });
  }
}

/**
 * The name that a file goes by. By its own it would be named after the file, and `shop.orders` would mean two things in a
 * shop.duckdb with a schema shop.
 */
const catalog = "_sluice_file";

async function attach(instance: duckdb.Database, path: string, attached: string): Promise<void> {
  const connection = await duckdb.connect(instance);
  try {
    await duckdb.query(connection, `ATTACH ${quoteLiteral(path)} AS ${catalog}${attached}`);
  } catch (error) {
    duckdb.disconnect_sync(connection);
    duckdb.close_sync(instance);
    throw error;
  }
  duckdb.disconnect_sync(connection);
}

function attachOptions({ path, readOnly = false, storageVersion }: DatabaseOptions): string {
  if (readOnly) return " (READ_ONLY)";
  return storageVersion === undefined || existsSync(path) ? "" : ` (STORAGE_VERSION ${quoteLiteral(storageVersion)})`;
}

/** Opens a connection, in UTC: one transaction at a time each. */
export async function connect({ instance, prelude }: Database): Promise<Connection> {
  const connection = await duckdb.connect(instance);
  await duckdb.query(connection, prelude);
  return connection;
}

export function closeConnection(connection: Connection): void {
  duckdb.disconnect_sync(connection);
}

/** Closes a database after its connections. A file is checkpointed. */
export function closeDatabase(database: Database): void {
  duckdb.close_sync(database.instance);
}

/**
 * DuckDB's lock on a file holds between processes, not inside one: a second instance in the same process opens without
 * an error and loses what the other one commits. So the process's own open files are looked through.
 */
function refuseSecondOpening(path: string, readOnly: boolean): void {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return;
  for (const descriptor of openDescriptors()) {
    const found = statDescriptor(descriptor);
    if (found?.dev !== file.dev || found.ino !== file.ino) continue;
    if (readOnly && isReadOnly(descriptor)) continue;
    throw new ConfigError("duckdb.open_twice", `${path} is already open in this process`, {
      hint: "read from one DuckDB file and write into another, or run the connections one after the other",
    });
  }
}

function openDescriptors(): number[] {
  try {
    return readdirSync("/dev/fd").map(Number);
  } catch {
    return [];
  }
}

/** Undefined for a descriptor that was closed since the folder was listed. */
function statDescriptor(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    return undefined;
  }
}

/** Linux tells the mode of a descriptor (proc_pid_fdinfo(5)); where it is unknown the file counts as open for writing. */
function isReadOnly(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & 3) === 0;
  } catch {
    return false;
  }
}
