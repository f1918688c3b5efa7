import type { Predicate } from "../../sdk/source.js";
import { FilterError } from "./filter-tokens.js";
import { isMaskedColumn } from "./masked-columns.js";
import { parseFilter } from "./simple-filter.js";
import type { Transforms } from "./transforms.js";

/** Which part of a filter the source applies, and what is left for the engine. */
export interface PushDown {
  /** By the source's names. */
  readonly pushed: readonly Predicate[];
  /** SQL for the engine; undefined where the source applies all of it. */
  readonly rest: string | undefined;
}

/**
 * Splits a filter: comparisons of a column with a literal, joined by `and`, go to the source where the column's values
 * are neither cast nor masked. Where anything else is in it the engine judges the rows that come once more by all of it.
 * @param sourceColumns all columns of the source: what is pushed down need not be selected
 */
export function pushDown(transforms: Transforms, sourceColumns: readonly string[]): PushDown {
  const { filter, rename = {}, cast = {} } = transforms;
  if (filter === undefined) return { pushed: [], rest: undefined };
  const predicates = simplePredicates(filter);
  if (predicates === undefined) return { pushed: [], rest: filter };
  const sourceNames = new Map(Object.entries(rename).map(([source, output]) => [output, source]));
  const taken = new Set([...sourceNames.values()]);
  const pushed = predicates.flatMap((predicate) => {
    const { column } = predicate;
    if (Object.hasOwn(cast, column) || isMaskedColumn(transforms, column)) return [];
    const source = sourceNames.get(column) ?? (taken.has(column) ? undefined : column);
    return source !== undefined && sourceColumns.includes(source) ? [{ ...predicate, column: source }] : [];
  });
  return { pushed, rest: pushed.length === predicates.length ? undefined : filter };
}

function simplePredicates(filter: string): readonly Predicate[] | undefined {
  try {
    return parseFilter(filter);
  } catch (error) {
    if (error instanceof FilterError) return undefined;
    throw error;
  }
}
