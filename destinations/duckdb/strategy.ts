import type { SchemaChange, Staged, Target } from "../../sdk/destination.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import type { KeyRows, StandingRows } from "../../sdk/sql/key-rows.js";
import type { TableName } from "./relation.js";
import type { RowBytes } from "./wide-rows.js";

/** What a strategy works on: the connection has the load's transaction open. */
export interface StrategyContext {
  readonly connection: EngineConnection;
  readonly target: Target;
  readonly table: TableName;
  /** The child's name where it is a child's table. */
  readonly child?: string;
  readonly parts: MoreParts;
}

/** What a strategy may do about rows that are too wide for one transaction. */
export interface MoreParts {
  /** Bytes of rows that may be stored together. */
  readonly most: number;
  /** Commits what is done and begins another transaction: nobody may see anything of the load. */
  next(): Promise<void>;
  /** All its rows are stored together after all: makes DuckDB hold them. */
  together(): Promise<void>;
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

/** Where the rows of a load go first; asked anew whenever its rows begin to flow. */
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
  /**
   * Sees to it that the load's transaction can be committed before its end: nobody sees anything of it. Comes before each such
   * commit; absent where nobody does anyway. `taken` is what the intake has of the load.
   */
  cut?(taken: RowBytes): Promise<void>;
  /** Whether `cut` can do so; absent: it always can. */
  canCut?(): Promise<boolean>;
  /** Brings rows that were staged over several transactions into the table that `cut` put aside, over as many. */
  gather?(): Promise<void>;
  /** Nothing is committed early any more: the table has its name again. */
  bringBack?(): Promise<void>;
  /** Whether the table has rows of this load only, among those committed early. */
  readonly isOfLoad?: boolean;
  /** All rows stand in the intake, by its own count: does with them what the mode says. */
  settle(rows: number): Promise<Staged>;
  /** merge, from `settle` to `finish`: the load's rows that stand because of it. */
  standing?(): StandingRows;
  /** Clears away what `standing` needs, once child tables are settled. */
  finish?(): Promise<void>;
  /** Of a child's table: it takes `parentRowColumn` as the last column of its rows. */
  readonly takesParentRows?: boolean;
  /** Of a child's table, with merge: removes what earlier loads wrote of keys. */
  removeOf?(gone: KeyRows): Promise<void>;
  /** The table that was built aside becomes the visible one. */
  publish?(): Promise<void>;
}
