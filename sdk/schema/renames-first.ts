import type { SchemaChange } from "../destination.js";

export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** Changes that come to the same with all renames at the beginning: the other changes go by the final names. */
export interface RenamesFirst {
  readonly renames: readonly Rename[];
  readonly others: readonly Exclude<SchemaChange, { readonly type: "rename_column" }>[];
}

export function renamesFirst(changes: readonly SchemaChange[]): RenamesFirst {
  return changes.reduce<RenamesFirst>(
    ({ renames, others }, change) => {
      if (change.type !== "rename_column") return { renames, others: [...others, change] };
      const { column: from, to } = change;
      const isNew = others.some((other) => other.type === "add_column" && other.column.name === from);
      const named = others.map((other) => {
        if (other.type !== "add_column") return other.column === from ? { ...other, column: to } : other;
        return other.column.name === from ? { ...other, column: { ...other.column, name: to } } : other;
      });
      return { renames: isNew ? renames : [...renames, { from, to }], others: named };
    },
    { renames: [], others: [] },
  );
}
