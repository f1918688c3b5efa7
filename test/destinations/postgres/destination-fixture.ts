import { createHash } from "node:crypto";
import { inject } from "vitest";
import postgres from "../../../destinations/postgres/index.js";
import { pack, type Row } from "../../../sdk/batch/pack.js";
import type { Commit, OpenDestination, Target, Writer } from "../../../sdk/destination.js";
import type { Json } from "../../../sdk/json.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { createDatabase } from "../../support/database.js";

/** A database of its own for one test file, and the destination on it. */
export async function testDatabase(name: string): Promise<string> {
  return await createDatabase(inject("postgresUrl"), name);
}

export async function openDestination(url: string, settings: Record<string, unknown> = {}): Promise<OpenDestination> {
  const context = {
    projectDir: "/",
    workDir: "/tmp",
    memoryBytes: 2 ** 28,
    log: () => {},
    signal: new AbortController().signal,
  };
  return await postgres.open(postgres.config.parse({ url, ...settings }), context);
}

export function targetOf(table: string, writeMode: Target["writeMode"], more: Partial<Target> = {}): Target {
  return {
    connection: "test",
    stream: `public.${table}`,
    schema: "warehouse",
    table,
    writeMode,
    primaryKey: writeMode === "merge" || writeMode === "scd2" ? ["id"] : [],
    fullRefresh: writeMode === "overwrite",
    metadataColumns: true,
    ...more,
  };
}

let lastLoad = 1_764_000_000_000_000;

export function nextLoadId(): number {
  lastLoad += 1;
  return lastLoad;
}

export function commitOf(loadId: number, state: Json, publish: boolean, written = 0): Commit {
  return {
    loadId,
    state,
    schemaHash: createHash("sha256").update("x").digest("hex").slice(0, 16),
    publish,
    drift: [],
    replayed: [],
    ledger: {
      runId: "run",
      startedAt: new Date(),
      stateBefore: undefined,
      read: written,
      written,
      filtered: 0,
      deduplicated: 0,
      quarantined: 0,
      bytes: 0,
    },
  };
}

/** One load from start to commit; returns what the destination counted. */
export async function load(
  writer: Writer,
  columns: readonly Column[],
  rows: readonly Row[],
  { state = null, publish = false }: { readonly state?: Json; readonly publish?: boolean } = {},
) {
  const loadId = nextLoadId();
  await writer.startLoad(loadId);
  if (rows.length > 0) await writer.write(pack(columns, rows));
  const staged = await writer.flush();
  await writer.commit(commitOf(loadId, state, publish, staged.written));
  return { ...staged, loadId };
}

/** A whole run of one load: begin, start, load, close. */
export async function run(
  destination: OpenDestination,
  target: Target,
  columns: readonly Column[],
  rows: readonly Row[],
  state: Json = null,
) {
  const writer = await destination.begin(target);
  await writer.start(columns);
  try {
    return await load(writer, columns, rows, { state, publish: target.writeMode === "overwrite" });
  } finally {
    await writer.close();
  }
}
