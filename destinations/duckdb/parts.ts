import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import type { Turns } from "../../sdk/sql/turns.js";
import type { Session } from "./session.js";
import type { MoreParts } from "./strategy.js";
import { type Density, memoryRaiser, type RowBytes } from "./wide-rows.js";

/** Something that a load writes rows into. */
export interface Partable {
  readonly density: Density;
  /** Whether a load's transaction can be committed before its end without anybody seeing what it wrote here. */
  canCut(): Promise<boolean>;
  /** Sees to it. */
  cut(): Promise<void>;
}

/**
 * The transactions of a load. Narrow rows need one. Wide rows are committed a part at a time, where nobody sees them, with a
 * checkpoint behind each: what comes next begins another row group, so that DuckDB never has to hold many of them at once.
 */
export interface Parts extends MoreParts {
  /** Something of the load has been committed. */
  readonly begun: boolean;
  startLoad(): void;
  /** To be awaited before rows are written. */
  makeRoom(table: Partable, coming: RowBytes): Promise<void>;
}

export interface PartsOptions {
  readonly session: Session;
  /** With the load's transaction. */
  readonly connection: EngineConnection;
  readonly turns: Turns;
  /** All that the load may write into. */
  tables(): readonly Partable[];
  /** Notes, in the load's transaction, that the file has wide rows now. */
  note(): Promise<unknown>;
  /** Throws where another writer has taken over. */
  holdOn(): Promise<void>;
}

export function loadParts({ session, connection, turns, tables, note, holdOn }: PartsOptions): Parts {
  const raiseLimit = memoryRaiser(session);
  let begun = false;
  /** Asked once a load. */
  let possible: boolean | undefined;

  async function canCut(): Promise<boolean> {
    if (!session.isFile) return false;
    for (const table of tables()) if (!(await table.canCut())) return false;
    return true;
  }

  async function cut(): Promise<void> {
    if (!begun) await note();
    for (const table of tables()) await table.cut();
    await next();
    for (const { density } of tables()) density.startPart();
  }

  async function next(): Promise<void> {
    begun = true;
    await connection.run("COMMIT");
    await session.checkpoint();
    await connection.run("BEGIN TRANSACTION");
    await holdOn();
  }

  return {
    most: session.partBytes,
    get begun() {
      return begun;
    },
    startLoad() {
      begun = false;
      possible = undefined;
      for (const { density } of tables()) density.startLoad();
    },
    async makeRoom({ density }, coming) {
      if (!density.hasRoom(coming)) {
        await turns.end();
        possible ??= await canCut();
        if (possible) await cut();
      }
      density.add(coming);
      await raiseLimit(density.together);
    },
    next,
    async together() {
      for (const { density } of tables()) await raiseLimit(density.total);
    },
  };
}
