import type { Row } from "./batch/pack.js";
import type { UnpackedValue } from "./batch/unpack.js";

/**
 * A row as a function gets it, exact: int16, int32 and floats are numbers, int64 is bigint, binary is Uint8Array, lists are
 * arrays, everything else is text (`12.50`, `2024-02-29`), JSON among it.
 */
export type FunctionRow = Readonly<Record<string, UnpackedValue>>;

/**
 * What `function:` of a stream names: makes a row of a row, or none of it. A column that it gives under a name that came
 * keeps its type; what it gives beside is inferred, or as the file's export `columns` declares it. A key that is missing is
 * null. It is called once for each row, in the order of the rows, and may be called again for rows of a load that was
 * dropped: so it must give the same for the same row. An error that it throws is about that row.
 */
export type RowFunction<Given extends object = FunctionRow> = (row: Given) => Row | null | undefined;

/** The types of columns that a function makes, e.g. `{ domain: "string" }`; null leaves a column out. */
export type FunctionColumns = Readonly<Record<string, string | null>>;

/**
 * Declares a function over rows: checks nothing at run time. What it reads of a row may be named for the compiler:
 * `defineFunction<{ email: string | null }>((row) => …)`.
 */
export function defineFunction<Given extends object = FunctionRow>(make: RowFunction<Given>): RowFunction<Given> {
  return make;
}
