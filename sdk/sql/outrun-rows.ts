import type { Target } from "../destination.js";

export interface OutrunOptions {
  readonly target: Pick<Target, "primaryKey" | "cursorField" | "metadataColumns">;
  /** Quoted: the rows of a load, and the table they are for. */
  readonly stage: string;
  readonly table: string;
  /** As in `LoadOptions`. */
  readonly asOf: number | undefined;
  /** A condition on the table's rows, as `old`, that may be replaced. */
  readonly current?: string;
  quote(name: string): string;
}

/**
 * The statement that takes rows out of a stage over which the table has something newer: see `LoadOptions`. Undefined where
 * there is nothing to compare.
 */
export function deleteOutrun({ target, stage, table, asOf, current, quote }: OutrunOptions): string | undefined {
  const { cursorField, metadataColumns, primaryKey } = target;
  if (asOf === undefined || (cursorField === undefined && !metadataColumns)) return undefined;
  const cursor = cursorField === undefined ? undefined : quote(cursorField);
  const greater = cursor === undefined ? "false" : `coalesce(new.${cursor} > old.${cursor}, false)`;
  const loadId = `old.${quote("_sluice_load_id")}`;
  const newer = [
    ...(metadataColumns ? [`${loadId} > ${asOf}`, `${loadId} = ${asOf} and not ${greater}`] : []),
    ...(cursor === undefined ? [] : [`old.${cursor} > new.${cursor}`]),
  ];
  const sameKey = primaryKey.map((key) => `old.${quote(key)} = new.${quote(key)}`);
  const conditions = [...sameKey, ...(current === undefined ? [] : [current]), `(${newer.join(" or ")})`];
  return `delete from ${stage} as new using ${table} as old where ${conditions.join(" and ")}`;
}
