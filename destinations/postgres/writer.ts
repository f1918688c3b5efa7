import { type Batch, rowOp } from "../../sdk/batch/batch.js";
import type { Commit, Staged, Target, Writer } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import { type QuarantineBuffer, quarantineBuffer } from "../../sdk/quarantine-buffer.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { KeyRows } from "../../sdk/sql/key-rows.js";
import { pinTransaction } from "../../sdk/sql/postgres/pin.js";
import { rowEncoding } from "../../sdk/sql/postgres/row-encoding.js";
import { connectionTurns } from "../../sdk/sql/turns.js";
import { appendStrategy } from "./append.js";
import { auditLoad } from "./audit.js";
import { childrenOf } from "./children.js";
import { copyType } from "./column-plan.js";
import { resolveCommit } from "./commit-outcome.js";
import { isConnectionLost } from "./destination-error.js";
import { saveDrift } from "./drift.js";
import { takeLoadLock } from "./evict.js";
import { explain } from "./explain.js";
import { saveLoad } from "./ledger.js";
import { mergeStrategy } from "./merge.js";
import { dropShadows, overwriteStrategy } from "./overwrite.js";
import { dropKnownRejects, insertQuarantined, markReplayed } from "./quarantine.js";
import { type KeyRemoval, removeKeys } from "./remove-keys.js";
import { scd2Strategy } from "./scd2.js";
import { type Fence, holdFence, refuseReplay, saveState } from "./state.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { tableLoad } from "./table-load.js";

const strategies: Readonly<Record<Target["writeMode"], (context: StrategyContext) => Strategy>> = {
  append: appendStrategy,
  overwrite: overwriteStrategy,
  merge: mergeStrategy,
  scd2: scd2Strategy,
};

interface WriterOptions {
  readonly context: StrategyContext;
  readonly fence: Fence;
  /** The target's columns as they stand. */
  readonly columns: readonly Column[] | undefined;
  /** Those of its child tables, by name. */
  readonly childColumns: ReadonlyMap<string, readonly Column[] | undefined>;
}

/** A load under way: its transaction is open. */
interface Load {
  readonly id: number;
  readonly rejects: QuarantineBuffer;
  removal?: KeyRemoval;
  written: number;
}

/**
 * The order of things in a load: a transaction, a COPY, what the write mode does with the rows, and a commit that takes
 * state and ledger along.
 */
export function postgresWriter({ context, fence: begun, columns: present, childColumns }: WriterOptions): Writer {
  const { session, target, table } = context;
  const strategy = strategies[target.writeMode](context);
  let fence = begun;
  let load: Load | undefined;
  let unpublished = false;

  async function guard<Result>(step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      throw await explain(error, context, fence);
    }
  }

  const turns = connectionTurns();
  const own = tableLoad(context, strategy, turns);
  const children = childrenOf({ context, parent: strategy, turns, columns: childColumns, guard });
  const tables = [own, ...children.map((child) => child.load)];

  async function removeChildren(gone: KeyRows): Promise<void> {
    for (const child of children) await child.strategy.removeOf?.(gone);
  }

  return {
    get state() {
      return fence.state;
    },
    columns: present,
    children: new Map(children.map(({ name, writer }) => [name, writer])),
    start: async (columns, kept = []) => own.start(columns, kept),
    startLoad: (loadId, { asOf } = {}) =>
      guard(async () => {
        refuseReplay(fence, target, loadId);
        await session.run(`begin; ${pinTransaction}; set local synchronous_commit = on`);
        // Rejected rows go in between the load's own: one COPY ends for them and another begins.
        const rejects = quarantineBuffer(async (rows) => {
          await turns.end();
          await insertQuarantined(session, begun.key, loadId, rows);
        });
        load = { id: loadId, rejects, written: 0 };
        for (const one of tables) one.begin({ id: loadId, asOf });
        await holdFence(session, fence, false);
        await takeLoadLock(session, fence.key);
      }),
    alter: async (changes) => own.alter(changes),
    get encoding() {
      // An overwrite fills a new table, whatever the old one is like.
      const existing = target.writeMode === "overwrite" ? undefined : present;
      return rowEncoding(
        own.columns.map((column) =>
          copyType(
            column,
            existing?.find(({ name }) => name === column.name),
          ),
        ),
      );
    },
    writeEncoded: (rows) => guard(() => own.writeEncoded(rows)),
    write: (batch) =>
      guard(async () => {
        refuseDeletes(batch, target);
        await own.write(batch);
      }),
    remove: (keys, how) =>
      guard(async () => {
        const current = open(load);
        await own.open();
        await turns.end();
        current.removal ??= removeKeys(context, { loadId: current.id, how, removed: removeChildren });
        await current.removal.add(keys);
      }),
    quarantine: (rows) => guard(() => open(load).rejects.add(rows)),
    dropKnownRejects: (since) => guard(() => dropKnownRejects(session, begun.key, { id: open(load).id, since })),
    flush: () =>
      guard(async () => {
        const current = open(load);
        const [copied, ...childRows] = await ended();
        await current.rejects.flush();
        const removed = await current.removal?.apply();
        const staged = sum(await strategy.settle(copied!), removed);
        for (const [at, child] of children.entries()) await child.strategy.settle(childRows[at]!);
        current.written = staged.written;
        return staged;
      }),
    audit: (checks) =>
      guard(async () => {
        const { written } = open(load);
        return await auditLoad(context, { strategy, written, defaultSchema: table.schema }, checks);
      }),
    commit: (commit) =>
      guard(async () => {
        open(load);
        const visible = target.writeMode !== "overwrite" || commit.publish;
        await holdFence(session, fence, true);
        for (const { beforeCommit } of [strategy, ...children.map((child) => child.strategy)])
          await beforeCommit?.(commit);
        await saveLoad(session, table.schema, target, commit);
        await saveDrift(session, begun.key, commit.loadId, commit.drift);
        await markReplayed(session, table.schema, target, commit);
        await saveState(session, fence, commit, visible);
        await commitOrFindOut(commit);
        const { loadId } = commit;
        fence = { ...fence, seq: fence.seq + 1, loadId, state: visible ? commit.state : fence.state };
        for (const one of tables) one.committed();
        load = undefined;
        unpublished = !visible;
      }),
    async abort() {
      turns.forget();
      const { removal } = load ?? {};
      load = undefined;
      await removal?.cancel();
      for (const one of tables) await one.cancel();
      await session.run("rollback").catch(() => undefined);
    },
    async close() {
      if (unpublished) await dropShadows(session, table.schema, target).catch(() => undefined);
      await session.close();
    },
  };

  async function ended(): Promise<number[]> {
    const rows: number[] = [];
    for (const one of tables) rows.push(await one.end());
    return rows;
  }

  async function commitOrFindOut({ loadId }: Commit): Promise<void> {
    try {
      await session.commit();
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      await resolveCommit(session, { target, schema: table.schema, loadId, cause: error });
    }
  }
}

function open(load: Load | undefined): Load {
  if (load === undefined) throw new SystemError("writer.no_load", "no load is open");
  return load;
}

function sum(staged: Staged, removed: Staged | undefined): Staged {
  if (removed === undefined) return staged;
  const { written, deduplicated } = staged;
  return { written: written + removed.written, deduplicated: deduplicated + removed.deduplicated };
}

function refuseDeletes({ ops }: Batch, target: Target): void {
  if (ops?.includes(rowOp.delete) !== true) return;
  throw new SystemError("batch.deletes", `${target.stream}: rows that delete a key cannot be written yet`, {
    stream: target.stream,
  });
}
