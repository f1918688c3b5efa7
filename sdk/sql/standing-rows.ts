import type { ParentOfTable } from "../destination.js";
import { doubleQuoted } from "./double-quoted.js";

const { quoteIdentifier } = doubleQuoted("digest", "a database");

const deletedAt = "_sluice_deleted_at";

/** A row with a value in one of these stands no longer for a row of the source. */
const endColumns = ["_sluice_valid_to", deletedAt];

/** Conditions, by the names of a destination's columns, that leave the rows which stand for the source's rows now. */
export function standingConditions(columnNames: readonly string[]): string[] {
  return endColumns.filter((name) => columnNames.includes(name)).map((name) => `${name} is null`);
}

/** Conditions on a child table's rows that leave out those of a row which is softly deleted. */
export function belongsToStanding(
  { primaryKey, parentKey }: ParentOfTable,
  parent: { readonly from: string; readonly columnNames: readonly string[] },
): string[] {
  if (!parent.columnNames.includes(deletedAt)) return [];
  const same = primaryKey.map((name, i) => `sluice_of.${quoteIdentifier(name)} = ${quoteIdentifier(parentKey[i]!)}`);
  const marked = `sluice_of.${deletedAt} is not null`;
  return [`not exists (select 1 from ${parent.from} as sluice_of where ${[...same, marked].join(" and ")})`];
}
