import type { SchemaChange, Staged, Target } from "../../sdk/destination.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import type { KeyRows, StandingRows } from "../../sdk/sql/key-rows.js";
import type { TableName } from "./relation.js";

/** What a strategy works on: the connection has the load's transaction open. */
export interface StrategyContext {
  readonly connection: EngineConnection;
  readonly target: Target;
  readonly table: TableName;
  /** The child's name where it is a child's table. */
  readonly child?: string;
}

/** What a load brings. */
export interface LoadShape {
  readonly id: number;
  readonly columns: readonly Column[];
  /** Columns of the table that no row brings. */
  readonly kept: readonly Column[];
  readonly changes: readonly SchemaChange[];
  /** As in `LoadOptions`. */
  readonly asOf: number | undefined;
}

/** Where the rows of a load go first. */
export interface Intake {
  /** Quoted. */
  readonly table: string;
  /** Takes `_sluice_load_id`. */
  readonly loadId: boolean;
  /** Takes the number of the row, in the order of writing, as `rowNumberColumn`. */
  readonly rowNumbers: boolean;
}

/** How one write mode gets a load into its table. Everything happens in the load's own transaction. */
export interface Strategy {
  /** Where the rows stand once they are settled: the table, or the one that is built aside. */
  readonly table: TableName;
  /** Before the first row: makes and alters what has to be there. */
  open(load: LoadShape): Promise<Intake>;
  /** All rows stand in the intake, by its own count: does with them what the mode says. */
  settle(rows: number): Promise<Staged>;
  /** merge, from `settle` to `finish`: the load's rows that stand because of it. */
  standing?(): StandingRows;
  /** Clears away what `standing` needs, once child tables are settled. */
  finish?(): Promise<void>;
  /** Of a child's table: it takes `parentRowColumn` as the last column of its rows. */
  readonly takesParentRows?: boolean;
  /** Of a child's table, with merge: removes what belongs to keys, none of which the load's own rows do. */
  removeOf?(gone: KeyRows): Promise<void>;
  /** The table that was built aside becomes the visible one. */
  publish?(): Promise<void>;
}
