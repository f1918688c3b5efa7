import type { SchemaChange } from "../../sdk/destination.js";
import { DataError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import { decide, firstColumns } from "../schema/drift.js";
import type { KnownColumn } from "../schema/known-column.js";
import type { NamingRules } from "../schema/naming.js";
import type { StreamPlan } from "./select-streams.js";
import type { StreamState } from "./stream-state.js";

/** The columns a stream's rows come with, and those its table has for them: the same in number and order. */
export interface Shape {
  readonly seen: readonly Column[];
  readonly columns: readonly KnownColumn[];
  /** What must be done to the table before rows of this shape are written. */
  readonly changes: readonly SchemaChange[];
}

interface ShapeFacts {
  readonly plan: StreamPlan;
  /** The columns after the stream's transforms. */
  readonly seen: readonly Column[];
  /** The columns the table was loaded with; empty for a table that is new or rebuilt. */
  readonly known: readonly KnownColumn[];
  readonly saved: StreamState | undefined;
  readonly naming: NamingRules;
}

/**
 * The shape in which rows with these columns stand in the table.
 * @throws DataError `drift.refused` for a change that is not an addition
 */
export function shapeOf({ plan, seen, known, saved, naming }: ShapeFacts): Shape {
  if (known.length === 0) {
    const taken = new Map(saved?.columns.map((column) => [column.source, column.target]));
    return { seen, columns: firstColumns(seen, naming, taken), changes: [] };
  }
  const { columns, changes, refusals } = decide(known, seen, naming);
  if (refusals.length === 0) return { seen, columns, changes };
  throw new DataError("drift.refused", `the columns of '${plan.id}' have changed: ${refusals.join("; ")}`, {
    stream: plan.id,
    hint: `undo the change at the source, or rebuild the table with \`--full-refresh --stream ${plan.id}\``,
  });
}

/** A change in words, for reports. */
export function describeChange(change: SchemaChange): string {
  switch (change.type) {
    case "add_column":
      return `column ${change.column.name} added`;
    case "widen_column":
      return `column ${change.column} widened`;
    case "allow_null":
      return `column ${change.column} may be null`;
    case "rename_column":
      return `column ${change.column} renamed to ${change.to}`;
  }
}
