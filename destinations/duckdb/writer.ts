import { type Batch, rowOp } from "../../sdk/batch/batch.js";
import type { SchemaChange, Staged, Target, Writer } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import { type QuarantineBuffer, quarantineBuffer } from "../../sdk/quarantine-buffer.js";
import { changedColumns, changedKept } from "../../sdk/schema/changed-columns.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import { appendStrategy } from "./append.js";
import { auditLoad } from "./audit.js";
import { commitLoad } from "./commit.js";
import { saveDrift } from "./drift.js";
import { explain } from "./explain.js";
import { type Fence, fenced, holdsFence, refuseReplay, saveState } from "./fence.js";
import { type Filling, fillIntake } from "./fill-intake.js";
import { saveLoad } from "./loads.js";
import { mergeStrategy } from "./merge.js";
import { dropShadow, overwriteStrategy } from "./overwrite.js";
import { insertQuarantined, markReplayed } from "./quarantine.js";
import type { TableName } from "./relation.js";
import { type KeyRemoval, removeKeys } from "./remove-keys.js";
import { scd2Strategy } from "./scd2.js";
import type { Session } from "./session.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { wideRows } from "./wide-rows.js";

const strategies: Readonly<Record<Target["writeMode"], (context: StrategyContext) => Strategy>> = {
  append: appendStrategy,
  overwrite: overwriteStrategy,
  merge: mergeStrategy,
  scd2: scd2Strategy,
};

export interface WriterOptions {
  readonly session: Session;
  /** Of this writer alone. */
  readonly connection: EngineConnection;
  readonly target: Target;
  readonly table: TableName;
  readonly fence: Fence;
  /** The target's columns as they stand. */
  readonly columns: readonly Column[] | undefined;
}

/** A load under way: its transaction is open. */
interface Load {
  readonly id: number;
  readonly asOf: number | undefined;
  removal: KeyRemoval | undefined;
  changes: readonly SchemaChange[];
  filling: Promise<Filling> | undefined;
  readonly rejects: QuarantineBuffer;
  written: number;
}

/** The order of things in a load: a transaction, rows, what the write mode does with them, and a commit with the state. */
export function duckdbWriter({
  session,
  connection,
  target,
  table,
  fence: begun,
  columns: present,
}: WriterOptions): Writer {
  const context = { connection, target, table };
  const strategy = strategies[target.writeMode](context);
  const wide = wideRows(session);
  let fence = begun;
  let columns: readonly Column[] = [];
  let kept: readonly Column[] = [];
  let load: Load | undefined;
  let unpublished = false;

  async function guard<Result>(step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      session.signal.throwIfAborted();
      const held = await session.transaction((control) => holdsFence(control, fence)).catch(() => true);
      throw held ? explain(error, target) : fenced(fence.key);
    }
  }

  function current(): Load {
    if (load === undefined) throw new SystemError("writer.no_load", "no load is open");
    return load;
  }

  /** Makes what takes the rows, on the first of them. */
  function filling(): Promise<Filling> {
    const { id, changes, asOf } = current();
    const { signal } = session;
    current().filling ??= strategy
      .open({ id, columns, kept, changes, asOf })
      .then((intake) => fillIntake({ connection, intake, loadId: id, signal }));
    return current().filling!;
  }

  /** Rejected rows go in between the load's own. */
  function rejectsOf(id: number): QuarantineBuffer {
    return quarantineBuffer(async (rows) => {
      await (await load?.filling)?.pause();
      await insertQuarantined(connection, begun.key, id, rows);
    });
  }

  /** After the transaction: nothing of this can undo what it did. */
  async function tidy(filled: Filling | undefined): Promise<void> {
    for (const statement of filled?.undo ?? []) await connection.run(statement).catch(() => undefined);
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
    startLoad: (id, { asOf } = {}) =>
      guard(async () => {
        refuseReplay(fence, id);
        await connection.run("BEGIN TRANSACTION");
        load = { id, asOf, changes: [], filling: undefined, removal: undefined, rejects: rejectsOf(id), written: 0 };
        if (!(await holdsFence(connection, fence))) throw fenced(fence.key);
      }),
    alter: (changes) =>
      guard(async () => {
        if (current().filling !== undefined)
          throw new SystemError("alter.after_rows", "a load is altered before its rows");
        current().changes = [...current().changes, ...changes];
        columns = changedColumns(columns, changes);
        kept = changedKept(kept, changes);
      }),
    write: (batch) =>
      guard(async () => {
        refuseDeletes(batch, target);
        await wide.see(batch);
        await (await filling()).write(batch);
      }),
    scan: (scan) => guard(async () => await (await filling()).scan(scan)),
    remove: (keys, how) =>
      guard(async () => {
        const one = current();
        await (await filling()).pause();
        one.removal ??= removeKeys(context, one.id, how);
        await one.removal.add(keys);
      }),
    quarantine: (rows) => guard(() => current().rejects.add(rows)),
    flush: () =>
      guard(async () => {
        const rows = await (await filling()).end();
        await current().rejects.flush();
        const removed = await current().removal?.apply();
        const staged = sum(await strategy.settle(rows), removed);
        current().written = staged.written;
        if (!(await session.transaction((control) => holdsFence(control, fence)))) throw fenced(fence.key);
        return staged;
      }),
    audit: (checks) =>
      guard(async () => {
        const { id, written } = current();
        const { schema } = table;
        return await auditLoad(context, { id, table: strategy.table, written, defaultSchema: schema }, checks);
      }),
    commit: (commit) =>
      guard(async () => {
        current();
        const visible = target.writeMode !== "overwrite" || commit.publish;
        if (commit.publish) await strategy.publish?.();
        await saveLoad(connection, table.schema, target, commit);
        await saveDrift(connection, begun.key, commit.loadId, commit.drift);
        await markReplayed(connection, table.schema, target, commit);
        await saveState(connection, fence, commit, visible);
        await commitLoad(session, connection, fence, commit.loadId);
        await tidy(await filling());
        const { loadId } = commit;
        fence = { ...fence, seq: fence.seq + 1, loadId, state: visible ? commit.state : fence.state };
        load = undefined;
        unpublished = !visible;
      }),
    async abort() {
      const filled = await load?.filling?.catch(() => undefined);
      load = undefined;
      await filled?.abort();
      await connection.run("ROLLBACK").catch(() => undefined);
      await tidy(filled);
    },
    async close() {
      if (unpublished) {
        await session.transaction((control) => dropShadow(control, table.schema, target)).catch(() => undefined);
      }
      await connection.close();
    },
  };
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
