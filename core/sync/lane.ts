import { type Batch, batchBytes } from "../../sdk/batch/batch.js";
import type { OpenDestination, SchemaChange } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import type { Scan } from "../../sdk/messages.js";
import type { Column } from "../../sdk/schema/stream.js";
import { type KnownColumn, schemaHash, targetColumn } from "../schema/known-column.js";
import { type Conform, conformTo } from "./conform.js";
import { balance, commitIsDue, type Load, newLoad } from "./load.js";
import { newLoadId } from "./load-id.js";
import { decideColumns, refuseUnsafe } from "./open-table.js";
import { type StreamPlan, selectedColumns } from "./select-streams.js";
import type { StreamRun } from "./stream-run.js";
import { loadState, saveState } from "./stream-state.js";
import { targetOf } from "./target.js";

/** The way of one stream's rows into its table: one load after another, each committed with the state it reached. */
export interface Lane {
  /** Where the read begins: the committed source state, where it may be used. */
  readonly resumeFrom: Json | undefined;
  /** Whether rows that come again are merged away by key. */
  readonly merges: boolean;
  /** The source's columns have changed. */
  adopt(columns: readonly Column[]): Promise<void>;
  write(batch: Batch): Promise<void>;
  scan(scan: Scan): Promise<void>;
  /** A checkpoint that covers everything before it. */
  offer(state: Json): void;
  /** Whether the load has grown or lasted enough, and may be committed before the end. */
  commitIsDue(): boolean;
  /** Commits the load with the state last offered, which it returns; nothing where there is nothing to commit. */
  commit(final: boolean): Promise<Json | undefined>;
  abort(): Promise<void>;
  close(): Promise<void>;
}

interface LaneOptions {
  readonly plan: StreamPlan;
  readonly destination: OpenDestination;
  readonly run: StreamRun;
}

/** Takes over the stream at the destination, decides what its table looks like and begins. */
export async function openLane({ plan, destination, run }: LaneOptions): Promise<Lane> {
  const target = await targetOf(plan, destination, run);
  const writer = await destination.begin(target);
  const saved = loadState(writer.state);
  const rebuilds = target.writeMode === "overwrite";
  // A table that is rebuilt, or a history whose missing keys are closed, is right only once everything has been read.
  const wholeOnly = rebuilds || (target.writeMode === "scd2" && target.fullRefresh);
  const goesOn = saved?.read === plan.read && !run.fullRefresh && (plan.read !== "full_refresh" || !saved.complete);
  const resumeFrom = goesOn && !wholeOnly ? saved?.source : undefined;

  let seen: readonly Column[] = selectedColumns(plan);
  let columns: readonly KnownColumn[] = [];
  let changes: readonly SchemaChange[] = [];
  let conform: Conform;
  let load: Load | undefined;
  let state = resumeFrom;
  let stateBefore = writer.state;
  let uncovered = false;

  try {
    refuseUnsafe({ plan, saved, target, tableExists: writer.columns !== undefined });
    decideOn(rebuilds ? [] : (saved?.columns ?? []));
    await writer.start(columns.map(targetColumn));
  } catch (error) {
    await writer.close();
    throw error;
  }

  function decideOn(known: readonly KnownColumn[]): void {
    const decision = decideColumns({ plan, known, seen, saved, naming: run.naming });
    columns = decision.columns;
    changes = [...changes, ...decision.changes];
    run.tally.drift.push(...decision.changes.map(describeChange));
    conform = conformTo(seen, columns);
  }

  async function underWay(): Promise<Load> {
    if (load !== undefined) return load;
    load = newLoad(newLoadId());
    await writer.startLoad(load.id);
    if (changes.length > 0) await writer.alter(changes);
    changes = [];
    return load;
  }

  function count(rows: number, bytes: number): void {
    load!.read += rows;
    load!.bytes += bytes;
    uncovered ||= rows > 0;
    run.tally.pending = { rows: load!.read, bytes: load!.bytes };
    run.onProgress();
  }

  async function commit(final: boolean): Promise<Json | undefined> {
    const complete = final || plan.read !== "full_refresh";
    const next = saveState({ read: plan.read, source: state, complete, primaryKey: plan.primaryKey, columns });
    const idle = (load?.read ?? 0) === 0 && changes.length === 0 && writer.columns !== undefined && !rebuilds;
    if (idle && load === undefined && JSON.stringify(next) === JSON.stringify(stateBefore)) return undefined;
    const done = await underWay();
    const staged = await writer.flush();
    const ledger = balance(done, staged, { id: run.id, stateBefore });
    await writer.commit({
      loadId: done.id,
      state: next,
      schemaHash: schemaHash(columns),
      publish: final && rebuilds,
      ledger,
    });
    const { tally } = run;
    for (const field of ["read", "written", "filtered", "deduplicated", "quarantined", "bytes"] as const) {
      tally[field] += ledger[field];
    }
    tally.loads.push(done.id);
    tally.pending = { rows: 0, bytes: 0 };
    stateBefore = next;
    load = undefined;
    run.onCommit(done.id, staged.written);
    return state;
  }

  return {
    resumeFrom,
    merges: target.writeMode === "merge" || target.writeMode === "scd2",
    async adopt(next) {
      seen = plan.columns.map((name) => next.find((column) => column.name === name) ?? missing(plan.id, name));
      decideOn(columns);
      if (changes.length === 0 || load === undefined) return;
      // The table is altered between two loads: what was read so far must be covered by a checkpoint.
      if (uncovered) {
        throw new SystemError(
          "drift.inside_load",
          `stream '${plan.id}' changed its columns after rows and before a checkpoint`,
          {
            stream: plan.id,
            hint: "the source must give a checkpoint before it says that its schema changed",
          },
        );
      }
      if (load.read > 0) await commit(false);
      else await writer.alter(changes);
    },
    async write(batch) {
      await underWay();
      const bytes = batchBytes(batch);
      const { rows } = batch;
      await writer.write(conform.batch(batch));
      count(rows, bytes);
    },
    async scan(scan) {
      if (writer.scan === undefined) throw new SystemError("scan.not_taken", "the destination takes no scans");
      await underWay();
      const { read } = await writer.scan(conform.scan(scan));
      count(read, scan.bytes ?? 0);
    },
    offer(offered) {
      state = offered;
      uncovered = false;
    },
    commitIsDue: () => !wholeOnly && load !== undefined && load.read > 0 && commitIsDue(load, run.commit),
    commit,
    async abort() {
      if (load !== undefined) await writer.abort().catch(() => undefined);
    },
    close: () => writer.close(),
  };
}

function missing(stream: string, column: string): never {
  throw new SystemError("schema.column_missing", `stream '${stream}' announced columns without '${column}'`, {
    stream,
    column,
  });
}

function describeChange(change: SchemaChange): string {
  switch (change.type) {
    case "add_column":
      return `column ${change.column.name} added`;
    case "widen_column":
      return `column ${change.column} widened`;
    case "allow_null":
      return `column ${change.column} may be null`;
  }
}
