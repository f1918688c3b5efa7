import type { Log } from "../../sdk/context.js";
import type { SchemaChange, Staged, Target } from "../../sdk/destination.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { KeyRows, StandingRows } from "../../sdk/sql/key-rows.js";
import type { Intake } from "./intake.js";
import type { TableName } from "./relation.js";
import type { Session } from "./session.js";

/** What a strategy works on. */
export interface StrategyContext {
  readonly session: Session;
  readonly target: Target;
  readonly table: TableName;
  /** Where the rows of a load wait that cannot go straight into the table: quoted, of the connection alone. */
  readonly stage: string;
  /** The child's name where it is a child's table. */
  readonly child?: string;
  readonly lockTimeoutSeconds: number;
  readonly log: Log;
}

/** What a load brings. */
export interface LoadShape {
  readonly columns: readonly Column[];
  /** Columns of the table that no row brings. */
  readonly kept: readonly Column[];
  readonly changes: readonly SchemaChange[];
  /** As in `LoadOptions`. */
  readonly asOf: number | undefined;
  /** What its rows have in `_sluice_load_id`; undefined where there is no such column. */
  readonly loadId: number | undefined;
}

/** How one write mode gets a load into its table. Everything happens in the load's own transaction. */
export interface Strategy {
  /** Where the rows stand once they are settled: the table, or the one that is built aside. */
  readonly table: TableName;
  /** Before the first row: makes what COPY fills. */
  open(load: LoadShape): Promise<Intake>;
  /** All rows stand in the intake, `copied` by the server's count: does with them what the mode says. */
  settle(copied: number): Promise<Staged>;
  /** What stands behind FROM for the rows that the load adds, once it is settled. */
  staged(): string;
  /** merge: the load's rows that stand because of it, once it is settled. */
  standing?(): StandingRows;
  /** Of a child's table: it takes `parentRowColumn` as the last column of its rows. */
  readonly takesParentRows?: boolean;
  /** Of a child's table, with merge: removes what belongs to keys. */
  removeOf?(gone: KeyRows): Promise<void>;
  /** What the mode does in the commit, once the state is locked. `publish` as in `Commit`. */
  beforeCommit?(commit: { readonly loadId: number; readonly publish: boolean }): Promise<void>;
}
