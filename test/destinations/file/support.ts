import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import file from "../../../destinations/file/index.js";
import type { Batch } from "../../../sdk/batch/batch.js";
import { createPacker, type Row } from "../../../sdk/batch/pack.js";
import type { ConnectorContext } from "../../../sdk/context.js";
import type { Commit, OpenDestination, Target, Writer } from "../../../sdk/destination.js";
import type { Json } from "../../../sdk/json.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";

export interface Lake {
  readonly folder: string;
  readonly warnings: string[];
  open(config?: Record<string, unknown>): Promise<OpenDestination>;
  remove(): Promise<void>;
}

/** A folder of its own for one test, and destinations in it. */
export async function lake(): Promise<Lake> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-file-"));
  const warnings: string[] = [];
  const opened: OpenDestination[] = [];
  const workDir = join(folder, "work");
  await mkdir(workDir);
  const context: ConnectorContext = {
    projectDir: folder,
    workDir,
    memoryBytes: 160 * 1024 ** 2,
    log: (level, message, fields) => level === "warn" && warnings.push(`${message} ${JSON.stringify(fields)}`),
    signal: new AbortController().signal,
  };
  return {
    folder,
    warnings,
    async open(config = {}) {
      const destination = await file.open(file.config.parse({ path: "lake", ...config }), context);
      opened.push(destination);
      return destination;
    },
    async remove() {
      for (const destination of opened) await destination.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** `columns("id int64, name string?")`: a `?` may be null. */
export function columns(text: string): Column[] {
  return text.split(/,\s*(?![^(]*\))/).map((part) => {
    const [name, type] = part.trim().split(/\s+/) as [string, string];
    return { name, type: parseType(type.replace("?", "")), nullable: type.endsWith("?") };
  });
}

export function batchOf(of: readonly Column[], rows: readonly Row[]): Batch {
  const packer = createPacker(of, { limits: { rows: rows.length + 1, bytes: 2 ** 30 } });
  for (const row of rows) packer.add(row);
  return packer.flush()!;
}

export function target(overrides: Partial<Target> = {}): Target {
  return {
    connection: "shop",
    stream: "public.orders",
    schema: "shop",
    table: "orders",
    writeMode: "append",
    primaryKey: [],
    fullRefresh: false,
    metadataColumns: true,
    ...overrides,
  };
}

let clock = 1_764_000_000_000_000;
export const nextLoadId = () => ++clock;

export function commitOf(loadId: number, overrides: Partial<Commit> = {}): Commit {
  return {
    loadId,
    state: { at: loadId },
    schemaHash: "hash",
    publish: false,
    drift: [],
    replayed: [],
    ledger: {
      runId: "run-1",
      startedAt: new Date("2026-01-02T03:04:05.678Z"),
      stateBefore: undefined,
      read: 1,
      written: 1,
      filtered: 0,
      deduplicated: 0,
      quarantined: 0,
      bytes: 10,
    },
    ...overrides,
  };
}

/** One load of rows, begun, staged and committed. */
export async function loadRows(
  writer: Writer,
  of: readonly Column[],
  rows: readonly Row[],
  options: { publish?: boolean; state?: Json; rejects?: number } = {},
) {
  const loadId = nextLoadId();
  await writer.startLoad(loadId);
  if (rows.length > 0) await writer.write(batchOf(of, rows));
  const rejected = { rule: "not_null(id)", reason: "id is null", row: '{"id":null}', sourcePosition: undefined };
  const ids = Array.from({ length: options.rejects ?? 0 }, (_, i) => `${loadId}-${i + 1}`);
  if (ids.length > 0) await writer.quarantine(ids.map((quarantineId) => ({ ...rejected, quarantineId })));
  const staged = await writer.flush();
  await writer.commit(
    commitOf(loadId, {
      publish: options.publish ?? false,
      ...(options.state === undefined ? {} : { state: options.state }),
    }),
  );
  return { ...staged, loadId };
}

/** A whole sync of one load: begin, start, load, close. */
export async function sync(
  destination: OpenDestination,
  to: Target,
  of: readonly Column[],
  rows: readonly Row[],
  options: { state?: Json; rejects?: number } = {},
) {
  const writer = await destination.begin(to);
  try {
    await writer.start(of);
    return await loadRows(writer, of, rows, { publish: to.writeMode === "overwrite", ...options });
  } finally {
    await writer.close();
  }
}

export async function rowsOf(destination: OpenDestination, sql: string): Promise<readonly (readonly Json[])[]> {
  return (await destination.query(sql)).rows;
}

/** Every file under a folder, as relative paths. */
export async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
