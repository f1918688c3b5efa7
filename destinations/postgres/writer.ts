import { type Batch, rowOp } from "../../sdk/batch/batch.js";
import type { Commit, SchemaChange, Target, Writer } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import { type QuarantineBuffer, quarantineBuffer } from "../../sdk/quarantine-buffer.js";
import { changedColumns, changedKept } from "../../sdk/schema/changed-columns.js";
import type { Column } from "../../sdk/schema/stream.js";
import { rowEncoding } from "../../sdk/sql/postgres/row-encoding.js";
import { appendStrategy } from "./append.js";
import { auditLoad } from "./audit.js";
import { copyType } from "./column-plan.js";
import { resolveCommit } from "./commit-outcome.js";
import { isConnectionLost } from "./destination-error.js";
import { saveDrift } from "./drift.js";
import { takeLoadLock } from "./evict.js";
import { explain } from "./explain.js";
import type { Intake } from "./intake.js";
import { saveLoad } from "./ledger.js";
import { type LoadCopy, loadCopy } from "./load-copy.js";
import { mergeStrategy } from "./merge.js";
import { dropShadow, overwriteStrategy } from "./overwrite.js";
import { dropKnownRejects, insertQuarantined, markReplayed } from "./quarantine.js";
import { type KeyRemoval, removeKeys } from "./remove-keys.js";
import { scd2Strategy } from "./scd2.js";
import { type Fence, holdFence, refuseReplay, saveState } from "./state.js";
import type { Strategy, StrategyContext } from "./strategy.js";

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
}

/** A load under way: its transaction is open. */
interface Load {
  readonly id: number;
  readonly asOf: number | undefined;
  readonly columns: readonly Column[];
  readonly kept: readonly Column[];
  readonly changes: readonly SchemaChange[];
  readonly copy: LoadCopy;
  readonly rejects: QuarantineBuffer;
  intake?: Intake;
  removal?: KeyRemoval;
  written: number;
}

/**
 * The order of things in a load: a transaction, a COPY, what the write mode does with the rows, and a commit that takes
 * state and ledger along.
 */
export function postgresWriter({ context, fence: begun, columns: present }: WriterOptions): Writer {
  const { session, target, table } = context;
  const strategy = strategies[target.writeMode](context);
  let fence = begun;
  let columns: readonly Column[] = [];
  let kept: readonly Column[] = [];
  let load: Load | undefined;
  let unpublished = false;

  const guard = async <Result>(step: () => Promise<Result>): Promise<Result> => {
    try {
      return await step();
    } catch (error) {
      throw await explain(error, context, fence);
    }
  };

  async function intakeOf(current: Load): Promise<Intake> {
    current.intake ??= await strategy.open(current);
    return current.intake;
  }

  return {
    get state() {
      return fence.state;
    },
    columns: present,
    async start(announced, unbrought = []) {
      columns = announced;
      kept = unbrought;
    },
    startLoad: (loadId, { asOf } = {}) =>
      guard(async () => {
        refuseReplay(fence, target, loadId);
        await session.run("begin");
        const copy = loadCopy(session, { stream: target.stream, loadId });
        // Rejected rows go in between the load's own: one COPY ends for them and another begins.
        const rejects = quarantineBuffer(async (rows) => {
          await copy.pause();
          await insertQuarantined(session, begun.key, loadId, rows);
        });
        load = { id: loadId, asOf, columns, kept, changes: [], copy, rejects, written: 0 };
        await holdFence(session, fence, false);
        await takeLoadLock(session, fence.key);
      }),
    async alter(changes) {
      const current = open(load);
      if (current.intake !== undefined) throw new SystemError("alter.after_rows", "a load is altered before its rows");
      const altered = changedColumns(current.columns, changes);
      const unbrought = changedKept(current.kept, changes);
      load = { ...current, columns: altered, kept: unbrought, changes: [...current.changes, ...changes] };
    },
    get encoding() {
      // An overwrite fills a new table, whatever the old one is like.
      const existing = target.writeMode === "overwrite" ? undefined : present;
      return rowEncoding(
        columns.map((column) =>
          copyType(
            column,
            existing?.find(({ name }) => name === column.name),
          ),
        ),
      );
    },
    writeEncoded: (rows) =>
      guard(async () => {
        const current = open(load);
        await current.copy.writeEncoded(await intakeOf(current), rows);
      }),
    write: (batch) =>
      guard(async () => {
        refuseDeletes(batch, target);
        const current = open(load);
        await current.copy.write(await intakeOf(current), batch);
      }),
    remove: (keys, how) =>
      guard(async () => {
        const current = open(load);
        await intakeOf(current);
        await current.copy.pause();
        current.removal ??= removeKeys(context, current.id, how);
        await current.removal.add(keys);
      }),
    quarantine: (rows) => guard(() => open(load).rejects.add(rows)),
    dropKnownRejects: (since) => guard(() => dropKnownRejects(session, begun.key, { id: open(load).id, since })),
    flush: () =>
      guard(async () => {
        const current = open(load);
        await intakeOf(current);
        const copied = await current.copy.end();
        await current.rejects.flush();
        const removed = await current.removal?.apply();
        const settled = await strategy.settle(copied);
        const staged = {
          written: settled.written + (removed?.written ?? 0),
          deduplicated: settled.deduplicated + (removed?.deduplicated ?? 0),
        };
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
        const current = open(load);
        const visible = target.writeMode !== "overwrite" || commit.publish;
        await holdFence(session, fence, true);
        await strategy.beforeCommit?.(commit);
        await saveLoad(session, table.schema, target, commit);
        await saveDrift(session, begun.key, commit.loadId, commit.drift);
        await markReplayed(session, table.schema, target, commit);
        await saveState(session, fence, commit, visible);
        await commitOrFindOut(commit);
        const { loadId } = commit;
        fence = { ...fence, seq: fence.seq + 1, loadId, state: visible ? commit.state : fence.state };
        ({ columns, kept } = current);
        load = undefined;
        unpublished = !visible;
      }),
    async abort() {
      const { copy, removal } = load ?? {};
      load = undefined;
      await removal?.cancel();
      await copy?.cancel();
      await session.run("rollback").catch(() => undefined);
    },
    async close() {
      if (unpublished) await dropShadow(session, table.schema, target).catch(() => undefined);
      await session.close();
    },
  };

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

function refuseDeletes({ ops }: Batch, target: Target): void {
  if (ops?.includes(rowOp.delete) !== true) return;
  throw new SystemError("batch.deletes", `${target.stream}: rows that delete a key cannot be written yet`, {
    stream: target.stream,
  });
}
