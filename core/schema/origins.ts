import type { Column } from "../../sdk/schema/stream.js";
import type { KnownColumn } from "./known-column.js";

/** Output names by the source's, of columns that come through the transforms. */
type OutputOf = ReadonlyMap<string, string>;

/**
 * Columns of a table that come from the same column of the source as before and have another name only since the option
 * `rename` is another: old name to new. What a column was at the source is known of those that were renamed, and of those
 * that are no longer there under their name.
 */
export function renamedByOption(
  known: readonly KnownColumn[],
  { columns, outputOf }: { readonly columns: readonly Column[]; readonly outputOf: OutputOf },
): Map<string, string> {
  const outputs = new Set(columns.map(({ name }) => name));
  const nameNow = ({ source, from }: KnownColumn) => {
    if (from === undefined && outputs.has(source)) return undefined;
    return outputOf.get(from ?? source);
  };
  const taken = new Set(
    known.flatMap((column) => (standsStill(column, nameNow(column), outputs) ? column.source : [])),
  );
  return new Map(
    known.flatMap((column): [string, string][] => {
      const name = nameNow(column);
      return name === undefined || name === column.source || taken.has(name) ? [] : [[column.source, name]];
    }),
  );
}

function standsStill({ source }: KnownColumn, now: string | undefined, outputs: ReadonlySet<string>): boolean {
  return now === undefined ? outputs.has(source) : now === source;
}

/** The columns, each with the name it has at the source where that is another. */
export function withOrigins(columns: readonly KnownColumn[], outputOf: OutputOf): KnownColumn[] {
  const sources = new Map([...outputOf].map(([source, output]) => [output, source]));
  return columns.map((column) => {
    const source = column.gone ? undefined : sources.get(column.source);
    if (source === undefined) return column;
    const { from: _, ...known } = column;
    return source === column.source ? known : { ...known, from: source };
  });
}
