import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fileSource from "../../../connectors/file/index.js";
import { valueText } from "../../../sdk/batch/value-text.js";
import {
  type BatchOrigin,
  type Catalog,
  formatType,
  type Inference,
  isNull,
  type Json,
  type Message,
  type OpenSource,
  type ReadRequest,
  type Scan,
  SluiceError,
  type Stream,
} from "../../../sdk/index.js";
import { closeConnection, closeDatabase, connect, openDatabase } from "../../../sdk/sql/duckdb/database.js";
import { readBatches } from "../../../sdk/sql/duckdb/read.js";
import { scanError } from "../../../sdk/sql/duckdb/scan-errors.js";

/** A new empty folder. */
export function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "sluice-file-test-"));
}

/** A new folder with these files. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const dir = await folder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  return dir;
}

export interface FileSourceOptions {
  readonly log?: (message: string) => void;
}

/** The file source, opened on a folder; `use` gets it and it is closed behind. */
export async function withSource<T>(
  dir: string,
  config: Readonly<Record<string, unknown>>,
  use: (source: OpenSource) => Promise<T>,
  { log = () => undefined }: FileSourceOptions = {},
): Promise<T> {
  const source = await fileSource.open(fileSource.config.parse(config), {
    projectDir: dir,
    workDir: await folder(),
    memoryBytes: 68 * 1024 ** 2,
    log: (_level, message) => log(message),
    signal: new AbortController().signal,
  });
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

export interface Taken {
  /** `name:type` of each column. */
  readonly columns: readonly string[];
  /** The values as text, NULL as null. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** The states of the checkpoints. */
  readonly states: readonly Json[];
  /** Where the batches are. */
  readonly origins: readonly (BatchOrigin | undefined)[];
}

export type Wanted = Partial<Omit<ReadRequest, "stream" | "signal">>;

/** Reads one stream whole: as batches, or with `scans: true` by running its scans in a DuckDB of the test's own. */
export async function take(source: OpenSource, stream: Stream, wanted: Wanted = {}): Promise<Taken> {
  const request: ReadRequest = {
    stream,
    mode: "full_refresh",
    columns: stream.columns.map((column) => column.name),
    rereads: "forbidden",
    scans: false,
    inference: "optimistic",
    batch: { rows: 1000, bytes: 1 << 20 },
    parallelism: 1,
    signal: new AbortController().signal,
    ...wanted,
  };
  const rows: (string | null)[][] = [];
  const states: Json[] = [];
  const origins: (BatchOrigin | undefined)[] = [];
  for await (const message of source.read(request)) {
    if (message.type === "checkpoint") states.push(message.state);
    else if (message.type === "scan") for (const row of await scanRows(message.scan)) rows.push(row);
    else if (message.type === "batch") {
      rows.push(...batchRows(message));
      origins.push(message.origin as BatchOrigin | undefined);
    }
  }
  const columns = request.columns.map((name) => {
    const column = stream.columns.find((candidate) => candidate.name === name)!;
    return `${name}:${formatType(column.type)}`;
  });
  return { columns, rows, states, origins };
}

/** Opens, discovers the one stream, reads it. */
export async function load(
  dir: string,
  config: Readonly<Record<string, unknown>>,
  wanted: Wanted = {},
): Promise<Taken> {
  return withSource(dir, config, async (source) => take(source, await onlyStream(source, wanted.inference), wanted));
}

export async function onlyStream(source: OpenSource, inference: Inference = "optimistic"): Promise<Stream> {
  const { streams }: Catalog = await source.discover({ inference });
  return streams[0]!;
}

function batchRows({ batch }: Extract<Message, { type: "batch" }>): (string | null)[][] {
  return Array.from({ length: batch.rows }, (_, row) =>
    batch.columns.map(({ type }, i) =>
      isNull(batch.vectors[i]!, row) ? null : valueText(batch.vectors[i]!, type, row),
    ),
  );
}

async function scanRows(scan: Scan): Promise<(string | null)[][]> {
  const database = await openDatabase({ path: ":memory:", memoryBytes: 1e8, threads: 2, tempDir: await folder() });
  const connection = await connect(database);
  const rows: (string | null)[][] = [];
  const { signal } = new AbortController();
  const limits = { rows: 8192, bytes: 1 << 24 };
  try {
    const sql = `SELECT * FROM (${scan.sql})`;
    for await (const batch of readBatches(connection, sql, { columns: scan.columns, limits, signal })) {
      for (const row of batchRows({ type: "batch", batch })) rows.push(row);
    }
  } catch (error) {
    throw scanError(error, scan);
  } finally {
    closeConnection(connection);
    closeDatabase(database);
  }
  return rows;
}

/** Whether an error says that the sampled types do not hold every value. */
export function isSluiceMismatch(error: unknown): boolean {
  return error instanceof SluiceError && error.code === "type.mismatch";
}
