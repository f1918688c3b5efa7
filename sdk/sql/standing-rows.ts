/** A row with a value in one of these stands no longer for a row of the source. */
const endColumns = ["_sluice_valid_to", "_sluice_deleted_at"];

/** Conditions, by the names of a destination's columns, that leave the rows which stand for the source's rows now. */
export function standingConditions(columnNames: readonly string[]): string[] {
  return endColumns.filter((name) => columnNames.includes(name)).map((name) => `${name} is null`);
}
