import type { Predicate } from "../../sdk/source.js";

/** How many values one predicate names. */
const valuesAtOnce = 500;

/**
 * Filters that together select exactly the rows with these keys: many values at once of a key of one column; of a longer
 * key, the keys that agree in all but their last column.
 */
export function* keyFilters(
  columns: readonly string[],
  keys: readonly (readonly (string | null)[])[],
): Generator<Predicate[]> {
  const groups = new Map<string, (readonly (string | null)[])[]>();
  for (const key of keys) {
    const name = JSON.stringify(key.slice(0, -1));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [key]);
    else group.push(key);
  }
  const last = columns.at(-1)!;
  for (const group of groups.values()) {
    const shared = group[0]!.slice(0, -1).map((value, i) => equals(columns[i]!, value));
    const values = group.flatMap((key) => key.at(-1) ?? []);
    for (let at = 0; at < values.length; at += valuesAtOnce) {
      yield [...shared, { column: last, operator: "in", values: values.slice(at, at + valuesAtOnce) }];
    }
    if (values.length < group.length) yield [...shared, equals(last, null)];
  }
}

function equals(column: string, value: string | null): Predicate {
  return value === null ? { column, operator: "is_null", values: [] } : { column, operator: "=", values: [value] };
}
