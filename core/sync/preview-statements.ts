import type { OpenDestination, Target } from "../../sdk/destination.js";
import type { ChildTable } from "../nested/child-tables.js";
import { targetColumn } from "../schema/known-column.js";
import type { Shape } from "./shape.js";
import type { Shapes } from "./shapes.js";
import type { StreamState } from "./stream-state.js";

interface PreviewedTables {
  readonly destination: OpenDestination;
  readonly target: Target;
  readonly children: readonly ChildTable[];
  readonly shapes: Shapes;
  readonly saved: StreamState | undefined;
}

/**
 * The statements that make or alter a stream's table and its children, as the destination runs them; of a table that was
 * loaded before and does not change, none. Undefined where the destination has no such language.
 */
export async function previewStatements({
  destination,
  target: own,
  children,
  shapes,
  saved,
}: PreviewedTables): Promise<readonly string[] | undefined> {
  if (destination.statements === undefined) return undefined;
  const tables = [
    { target: own, shape: shapes.own, loaded: saved !== undefined },
    ...children.map((child) => {
      const loaded = saved?.children?.[child.name] !== undefined;
      return { target: childTarget(own, child), shape: shapes.children.get(child.name)!, loaded };
    }),
  ];
  const statements: string[] = [];
  for (const { target, shape, loaded } of tables) {
    if (loaded && isAsItWas(shape)) continue;
    const columns = shape.columns.map(targetColumn);
    statements.push(...(await destination.statements(target, { columns, changes: shape.changes })));
  }
  return statements;
}

function isAsItWas({ records, changes }: Shape): boolean {
  return records.length === 0 && changes.length === 0;
}

/** The child as a target of its own: its rows are no newer versions of others. */
function childTarget({ children: _, ...target }: Target, { table, parentKey }: ChildTable): Target {
  const writeMode = target.writeMode === "merge" ? "append" : target.writeMode;
  return { ...target, table, writeMode, primaryKey: parentKey };
}
