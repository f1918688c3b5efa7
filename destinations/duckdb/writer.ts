import { type Batch, batchBytes, rowOp } from "../../sdk/batch/batch.js";
import type { Staged, Target, Writer } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import type { KeyRows } from "../../sdk/sql/key-rows.js";
import { connectionTurns } from "../../sdk/sql/turns.js";
import { appendStrategy } from "./append.js";
import { recoverAside } from "./aside.js";
import { auditLoad } from "./audit.js";
import { childrenOf } from "./children.js";
import { commitLoad } from "./commit.js";
import { saveDrift } from "./drift.js";
import { explain } from "./explain.js";
import { type Fence, fenced, holdsFence, refuseReplay, saveState } from "./fence.js";
import { isTimeToJoin } from "./join-row-groups.js";
import { saveLoad } from "./loads.js";
import { mergeStrategy } from "./merge.js";
import { noteWideRows } from "./note-wide-rows.js";
import { dropShadows, overwriteStrategy } from "./overwrite.js";
import { loadParts } from "./parts.js";
import { dropKnownRejects, markReplayed } from "./quarantine.js";
import { rejectsLoad } from "./rejects-load.js";
import type { TableName } from "./relation.js";
import { type KeyRemoval, removeKeys } from "./remove-keys.js";
import { scd2Strategy } from "./scd2.js";
import type { Session } from "./session.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { tableLoad } from "./table-load.js";

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
  /** Those of its child tables, by name. */
  readonly childColumns: ReadonlyMap<string, readonly Column[] | undefined>;
}

/** A load under way: its transaction is open. */
interface Load {
  readonly id: number;
  removal: KeyRemoval | undefined;
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
  childColumns,
}: WriterOptions): Writer {
  const { signal, partBytes, workDir } = session;
  const turns = connectionTurns();
  const parts = loadParts({ session, connection, turns, tables: () => [...tables, rejects], note: noteWide, holdOn });
  const context = { connection, target, table, parts };
  const strategy = strategies[target.writeMode](context);
  const own = tableLoad({ connection, strategy, turns, signal, partBytes });
  const key = begun.key;
  const rejects = rejectsLoad({ connection, key, target, turns, partBytes, workDir, parts: () => parts });
  const shared = { context, parent: strategy, turns, parts, partBytes, signal, columns: childColumns, guard };
  const children = childrenOf(shared);
  const tables = [own, ...children.map((child) => child.load)];
  const all = [strategy, ...children.map((child) => child.strategy)];
  let fence = begun;
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

  async function holdOn(): Promise<void> {
    if (!(await holdsFence(connection, fence))) throw fenced(fence.key);
  }

  /** Takes back what a load that does not come to its end has committed; another writer's is not its own. */
  async function undoParts(control: EngineConnection): Promise<void> {
    if (!(await holdsFence(control, fence))) return;
    await recoverAside(control);
    await dropShadows(control, table.schema, target);
  }

  /** Notes which tables have wide rows; returns whether the load has written any. */
  async function noteWide(): Promise<boolean> {
    const isReplaced = target.writeMode === "overwrite";
    return await noteWideRows(session, connection, table.schema, [
      { name: target.table, density: own.density, isReplaced },
      ...children.map(({ table: name, load: { density } }) => ({ name, density, isReplaced })),
      { name: "_sluice_quarantine", density: rejects.density, isReplaced: false },
    ]);
  }

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
    startLoad: (id, { asOf } = {}) =>
      guard(async () => {
        refuseReplay(fence, id);
        await connection.run("BEGIN TRANSACTION");
        load = { id, removal: undefined, written: 0 };
        for (const one of tables) one.begin({ id, asOf });
        rejects.startLoad(id);
        parts.startLoad();
        await holdOn();
      }),
    alter: (changes) => guard(async () => own.alter(changes)),
    write: (batch) =>
      guard(async () => {
        refuseDeletes(batch, target);
        await parts.makeRoom(own, { rows: batch.rows, bytes: batchBytes(batch) });
        await (await own.filling()).write(batch);
      }),
    scan: (scan) => guard(async () => await (await own.filling()).scan(scan)),
    remove: (keys, how) =>
      guard(async () => {
        const one = current();
        await own.filling();
        await turns.end();
        one.removal ??= removeKeys(context, { loadId: one.id, how, removed: removeChildren });
        await one.removal.add(keys);
      }),
    quarantine: (rows) => guard(() => rejects.add(rows)),
    dropKnownRejects: (since) => guard(() => dropKnownRejects(connection, begun.key, { id: current().id, since })),
    flush: () =>
      guard(async () => {
        const rows = await own.end();
        const childRows = [];
        for (const child of children) childRows.push(await child.load.end());
        await rejects.flush();
        for (const one of all) await one.gather?.();
        for (const one of [...all, rejects]) await one.bringBack?.();
        const removed = await current().removal?.apply();
        const staged = sum(await strategy.settle(rows), removed);
        for (const [at, child] of children.entries()) await child.strategy.settle(childRows[at]!);
        await strategy.finish?.();
        current().written = staged.written;
        if (!(await session.transaction((control) => holdsFence(control, fence)))) throw fenced(fence.key);
        return staged;
      }),
    audit: (checks) =>
      guard(async () => {
        const { id, written } = current();
        const isAll = parts.begun && strategy.isOfLoad === true;
        const facts = { id, table: strategy.table, written, defaultSchema: table.schema, isAll };
        return await auditLoad(context, facts, checks);
      }),
    commit: (commit) =>
      guard(async () => {
        const { written } = current();
        const visible = target.writeMode !== "overwrite" || commit.publish;
        for (const { publish } of commit.publish ? all : []) await publish?.();
        const isWide = await noteWide();
        await saveLoad(connection, table.schema, target, commit);
        await saveDrift(connection, begun.key, commit.loadId, commit.drift);
        await markReplayed(connection, table.schema, target, commit);
        await saveState(connection, fence, commit, visible);
        const joins = await isTimeToJoin(connection, { table, fence, written });
        await commitLoad(session, connection, fence, commit.loadId);
        if (joins) await session.joinRowGroups();
        if (isWide) await session.checkpoint();
        for (const one of tables) await one.tidy();
        const { loadId } = commit;
        fence = { ...fence, seq: fence.seq + 1, loadId, state: visible ? commit.state : fence.state };
        load = undefined;
        unpublished = !visible;
      }),
    async abort() {
      turns.forget();
      load = undefined;
      for (const one of [...tables, rejects]) await one.abort();
      await connection.run("ROLLBACK").catch(() => undefined);
      if (parts.begun) await session.transaction(undoParts);
      for (const one of tables) await one.tidy();
    },
    async close() {
      if (unpublished) {
        await session.transaction((control) => dropShadows(control, table.schema, target)).catch(() => undefined);
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
