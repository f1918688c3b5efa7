import type { Batch } from "../../sdk/batch/batch.js";
import { rowOp } from "../../sdk/batch/batch.js";
import type { Commit, SchemaChange, Target, Writer } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import { formatType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { type CopyEncoder, copyEncoder } from "../../sdk/sql/postgres/copy-encode.js";
import { appendStrategy } from "./append.js";
import { resolveCommit } from "./commit-outcome.js";
import { type CopyIn, startCopyIn } from "./copy-in.js";
import { isConnectionLost } from "./destination-error.js";
import { takeLoadLock } from "./evict.js";
import { explain } from "./explain.js";
import { columnNames, type Intake } from "./intake.js";
import { saveLoad } from "./ledger.js";
import { mergeStrategy } from "./merge.js";
import { dropShadow, overwriteStrategy } from "./overwrite.js";
import { scd2Strategy } from "./scd2.js";
import { type Fence, holdFence, refuseReplay, saveState } from "./state.js";
import type { Strategy, StrategyContext } from "./strategy.js";
import { changedColumns } from "./table-plan.js";
import { nameList } from "./tables.js";

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
  changes: readonly SchemaChange[];
  intake?: Intake;
  copy?: { readonly layout: string; readonly into: CopyIn; readonly encoder: CopyEncoder };
  /** Rows given to the COPY under way, and rows that the server counted of the COPYs before it. */
  given: number;
  copied: number;
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
    current.intake ??= await strategy.open({ columns, changes: current.changes });
    return current.intake;
  }

  async function copyFor(current: Load, batch: Batch): Promise<NonNullable<Load["copy"]>> {
    const layout = JSON.stringify(batch.columns.map(({ name, type }) => [name, formatType(type)]));
    if (current.copy?.layout === layout) return current.copy;
    await endCopy(current);
    const intake = await intakeOf(current);
    const plans = batch.columns.map((column) => planOf(intake, column));
    const names = nameList(columnNames({ plans, loadId: intake.loadId }));
    const encoder = copyEncoder({
      stream: target.stream,
      columns: plans.map(({ column, copyType }) => ({ name: column.name, type: column.type, postgresType: copyType })),
      ...(intake.loadId ? { loadId: current.id } : {}),
    });
    const options = intake.freeze ? "format binary, freeze" : "format binary";
    const into = await startCopyIn(session, `copy ${intake.table} (${names}) from stdin (${options})`);
    current.copy = { layout, into, encoder };
    return current.copy;
  }

  async function endCopy(current: Load): Promise<void> {
    if (current.copy === undefined) return;
    const counted = await current.copy.into.end();
    delete current.copy;
    if (counted !== current.given) {
      throw new SystemError(
        "copy.rows_lost",
        `${target.stream}: the server counted ${counted} rows of ${current.given}`,
        {
          stream: target.stream,
        },
      );
    }
    current.copied += counted;
    current.given = 0;
  }

  return {
    get state() {
      return fence.state;
    },
    columns: present,
    async start(announced) {
      columns = announced;
    },
    startLoad: (loadId) =>
      guard(async () => {
        refuseReplay(fence, target, loadId);
        await session.run("begin");
        load = { id: loadId, changes: [], given: 0, copied: 0 };
        await holdFence(session, fence, false);
        await takeLoadLock(session, fence.key);
      }),
    alter: (changes) =>
      guard(async () => {
        columns = changedColumns(columns, changes);
        const current = open(load);
        if (current.intake !== undefined)
          throw new SystemError("alter.after_rows", "a load is altered before its rows");
        current.changes = [...current.changes, ...changes];
      }),
    write: (batch) =>
      guard(async () => {
        refuseDeletes(batch, target);
        const current = open(load);
        const { into, encoder } = await copyFor(current, batch);
        await into.write((frame) => encoder.encode(batch, frame));
        current.given += batch.rows;
      }),
    flush: () =>
      guard(async () => {
        const current = open(load);
        await intakeOf(current);
        await endCopy(current);
        return strategy.settle(current.copied);
      }),
    commit: (commit) =>
      guard(async () => {
        open(load);
        const visible = target.writeMode !== "overwrite" || commit.publish;
        await holdFence(session, fence, true);
        await strategy.beforeCommit?.(commit);
        await saveLoad(session, table.schema, target, commit);
        await saveState(session, fence, commit, visible);
        await commitOrFindOut(commit);
        const { loadId } = commit;
        fence = { ...fence, seq: fence.seq + 1, loadId, state: visible ? commit.state : fence.state };
        load = undefined;
        unpublished = !visible;
      }),
    async abort() {
      const copy = load?.copy;
      load = undefined;
      await copy?.into.cancel();
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

function planOf(intake: Intake, column: Column) {
  const plan = intake.plans.find((known) => known.column.name === column.name);
  if (plan !== undefined && formatType(plan.column.type) === formatType(column.type)) return plan;
  throw new SystemError(
    "batch.columns",
    `column '${column.name}' (${formatType(column.type)}) comes and was not announced`,
    {
      column: column.name,
    },
  );
}

function refuseDeletes({ ops }: Batch, target: Target): void {
  if (ops?.includes(rowOp.delete) !== true) return;
  throw new SystemError("batch.deletes", `${target.stream}: rows that delete a key cannot be written yet`, {
    stream: target.stream,
  });
}
