/** Keys of a stream's rows, in a relation. */
export interface KeyRows {
  /** Quoted. */
  readonly relation: string;
  /** Its columns that hold the key, in the order of the target's. */
  readonly keys: readonly string[];
}

/** The rows of a load that stand because of it, each with its number in `rowNumberColumn`. */
export interface StandingRows extends KeyRows {
  /** Whether every row given stands. */
  readonly all: boolean;
}

/** The column of a stage that says in which order its rows were written, from 0. */
export const rowNumberColumn = "_sluice_row";

export interface BelongingRows {
  /** Quoted: a child's table, and its columns that hold the parent's key. */
  readonly table: string;
  readonly parentKey: readonly string[];
  readonly parents: KeyRows;
  quote(name: string): string;
}

/** The statement that removes what belongs to keys from a child's table. */
export function deleteBelonging({ table, parentKey, parents, quote }: BelongingRows): string {
  const same = parentKey.map((column, i) => `old.${quote(column)} = new.${quote(parents.keys[i]!)}`);
  return `delete from ${table} as old using ${parents.relation} as new where ${same.join(" and ")}`;
}
