import type { Batch } from "./batch/batch.js";
import type { SchemaChange } from "./schema/schema-change.js";
import type { Column } from "./schema/stream.js";

/** A table of what the rows of a stream hold in a list: it is loaded with them, and into the same schema. */
export interface ChildTarget {
  /** Names the child among those of its stream; stable. */
  readonly name: string;
  readonly table: string;
  /** The child's columns that hold the key of the row it belongs to, in the order of `Target.primaryKey`. */
  readonly parentKey: readonly string[];
}

/** The last column of every batch given to a `ChildWriter`. */
export const parentRowColumn = "_sluice_parent_row";

/**
 * Writes one child table, as part of its `Writer`: `flush`, `commit`, `abort` and errors are the writer's, for all its
 * tables together. The order is `start`, after the writer's own, then in each load `(alter)* (write)*` before the writer's
 * `flush`, in between the calls of the writer and of other children in any way.
 *
 * append adds the rows. overwrite builds the table aside, and the commit that publishes the parent publishes it as well,
 * empty where no load brought rows. With merge the rows that belong to a key which the load writes, or
 * removes as `hard`, go, and the load's come in: only those of the parent's row that stands because of the load, not of an
 * older version of its key, nor of one over which the table has something newer (`LoadOptions.asOf`). Rows of child
 * tables are no part of `Staged` and `Ledger`.
 */
export interface ChildWriter {
  /** The table's columns as they stand, all but `_sluice_load_id`; undefined where there is no table yet. */
  readonly columns: readonly Column[] | undefined;
  /** See `Writer.start`; `columns` are without `parentRowColumn`. Values of `kept` columns are null in new rows. */
  start(columns: readonly Column[], kept?: readonly Column[]): Promise<void>;
  /** See `Writer.alter`: before the load's first row of this child. */
  alter(changes: readonly SchemaChange[]): Promise<void>;
  /**
   * Stages rows with the columns last announced and, as the last one, `parentRowColumn` (int64, never null): which of the
   * load's rows they belong to, counted from 0 over all rows given to `Writer.write` in this load. It owns the buffers.
   */
  write(batch: Batch): Promise<void>;
}

/** A batch given to a `ChildWriter`, for a table in which its rows need not be told apart by their parents. */
export function withoutParentRow({ rows, columns, vectors }: Batch): Batch {
  return { rows, columns: columns.slice(0, -1), vectors: vectors.slice(0, -1) };
}
