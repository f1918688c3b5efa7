import type { SchemaChange } from "../destination.js";
import { sameType } from "./column-type.js";
import type { Column } from "./stream.js";

/** Columns after changes. What columns announced beforehand have already, and what they do not have, stays as it is. */
export function changedColumns(columns: readonly Column[], changes: readonly SchemaChange[]): readonly Column[] {
  return changes.reduce(changed, columns);
}

/** Columns that no row brings, after changes: they get no new ones. */
export function changedKept(kept: readonly Column[], changes: readonly SchemaChange[]): readonly Column[] {
  return changedColumns(
    kept,
    changes.filter(({ type }) => type !== "add_column"),
  );
}

function changed(columns: readonly Column[], change: SchemaChange): readonly Column[] {
  const has = (name: string) => columns.some((column) => column.name === name);
  const replaced = (name: string, by: (column: Column) => Column) =>
    columns.map((column) => (column.name === name ? by(column) : column));
  switch (change.type) {
    case "add_column":
      return has(change.column.name) ? replaced(change.column.name, () => change.column) : [...columns, change.column];
    case "widen_column":
      return replaced(change.column, (column) => {
        if (sameType(column.type, change.to)) return column;
        // The type declared at the source is that of the narrower values.
        const { native: _, ...rest } = column;
        return { ...rest, type: change.to };
      });
    case "allow_null":
      return replaced(change.column, (column) => ({ ...column, nullable: true }));
    case "rename_column":
      return has(change.to) ? columns : replaced(change.column, (column) => ({ ...column, name: change.to }));
  }
}
