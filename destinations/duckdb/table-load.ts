import type { SchemaChange } from "../../sdk/destination.js";
import { SystemError } from "../../sdk/errors.js";
import { changedColumns, changedKept } from "../../sdk/schema/changed-columns.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import type { Turns } from "../../sdk/sql/turns.js";
import { type Filling, fillIntake } from "./fill-intake.js";
import type { Strategy } from "./strategy.js";
import { type Density, density } from "./wide-rows.js";

export interface TableLoadOptions {
  readonly connection: EngineConnection;
  /** See `Density`. */
  readonly partBytes: number;
  readonly strategy: Strategy;
  /** Shared by the tables of a load. */
  readonly turns: Turns;
  readonly signal: AbortSignal;
}

/** The loads of one table, the stream's own or a child's, one after the other. */
export interface TableLoad {
  start(columns: readonly Column[], kept: readonly Column[]): void;
  begin(load: { readonly id: number; readonly asOf: number | undefined }): void;
  alter(changes: readonly SchemaChange[]): void;
  /** Makes, for the first rows, what takes them; they may be written until another table's come. */
  filling(): Promise<Filling>;
  /** Opens what takes rows, and says whether what it takes may be committed early. See `Strategy.canCut`. */
  canCut(): Promise<boolean>;
  /** See `Strategy.cut`. */
  cut(): Promise<void>;
  readonly density: Density;
  /** Waits for everything written; the rows as the intake took them. */
  end(): Promise<number>;
  /** Drops what is on its way: the transaction must be rolled back. */
  abort(): Promise<void>;
  /** After the transaction: nothing of this can undo what it did. */
  tidy(): Promise<void>;
}

interface Load {
  readonly id: number;
  readonly asOf: number | undefined;
  changes: readonly SchemaChange[];
  filling: Promise<Filling> | undefined;
}

export function tableLoad({ connection, strategy, turns, signal, partBytes }: TableLoadOptions): TableLoad {
  let columns: readonly Column[] = [];
  let kept: readonly Column[] = [];
  let load: Load | undefined;
  const own = density(partBytes);

  function current(): Load {
    if (load === undefined) throw new SystemError("writer.no_load", "no load is open");
    return load;
  }

  async function open({ id, changes, asOf }: Load): Promise<Filling> {
    await turns.end();
    const intake = await strategy.open({ id, columns, kept, changes, asOf });
    return fillIntake({ connection, intake, loadId: id, signal });
  }

  async function filling(): Promise<Filling> {
    const one = current();
    one.filling ??= open(one);
    const opened = await one.filling;
    await turns.take(opened);
    return opened;
  }

  return {
    start(announced, unbrought) {
      columns = announced;
      kept = unbrought;
    },
    begin({ id, asOf }) {
      load = { id, asOf, changes: [], filling: undefined };
    },
    alter(changes) {
      const one = current();
      if (one.filling !== undefined) throw new SystemError("alter.after_rows", "a load is altered before its rows");
      one.changes = [...one.changes, ...changes];
      columns = changedColumns(columns, changes);
      kept = changedKept(kept, changes);
    },
    filling,
    density: own,
    async canCut() {
      await filling();
      await turns.end();
      return (await strategy.canCut?.()) ?? true;
    },
    async cut() {
      const { rows } = await filling();
      await turns.end();
      await strategy.cut?.({ rows, bytes: own.total.bytes });
    },
    end: async () => await (await filling()).end(),
    abort: async () => await (await load?.filling?.catch(() => undefined))?.abort(),
    async tidy() {
      const filled = await load?.filling?.catch(() => undefined);
      for (const statement of filled?.undo ?? []) await connection.run(statement).catch(() => undefined);
      load = undefined;
    },
  };
}
