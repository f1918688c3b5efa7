import type { Batch } from "../batch/batch.js";
import { type ChildTarget, type ChildWriter, withoutParentRow } from "../child-table.js";
import type { SchemaChange, Target } from "../destination.js";
import type { Column } from "../schema/stream.js";

/** The loads of a child's table, as a destination runs them. */
export interface ChildLoad {
  start(columns: readonly Column[], kept: readonly Column[]): void;
  alter(changes: readonly SchemaChange[]): void;
  write(batch: Batch): Promise<void>;
}

export interface ChildWriterOptions {
  /** As they stand. */
  readonly columns: readonly Column[] | undefined;
  readonly load: ChildLoad;
  /** Whether the load takes `parentRowColumn` as the last column of its rows. */
  readonly takesParentRows: boolean;
  /** Runs a step and says of its error what the writer can tell. */
  guard<Result>(step: () => Promise<Result>): Promise<Result>;
}

/** The writer of a child's table over the same mechanism by which the stream's own is loaded. */
export function childWriter({ columns, load, takesParentRows, guard }: ChildWriterOptions): ChildWriter {
  return {
    columns,
    start: async (announced, kept = []) => load.start(announced, kept),
    alter: (changes) => guard(async () => load.alter(changes)),
    write: (batch) => guard(() => load.write(takesParentRows ? batch : withoutParentRow(batch))),
  };
}

/** A child's table as a target of its own, whose key is the parent's. */
export function childTarget(target: Target, { table, parentKey }: ChildTarget): Target {
  return { ...target, table, primaryKey: parentKey };
}
