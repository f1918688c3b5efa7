import type { DigestRequest } from "../../sdk/digest.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { KnownColumn } from "../schema/known-column.js";
import type { Shape } from "../sync/shape.js";

/** What is compared of a table: its known columns, the key's and the cursor's among them. */
export interface Compared {
  readonly columns: readonly KnownColumn[];
  readonly key: readonly KnownColumn[];
  readonly cursor: KnownColumn | undefined;
  /** Of a child table: how many columns of its key are its parent's. */
  readonly bucketBy?: number;
}

/** What a system is asked, by its own names. */
export function requestOf(
  { columns, key, cursor, bucketBy }: Compared,
  named: (column: KnownColumn) => Column,
): Omit<DigestRequest, "digits"> {
  return {
    key: key.map(named),
    columns: columns.map(named),
    ...(cursor === undefined ? {} : { cursor: named(cursor) }),
    ...(bucketBy === undefined ? {} : { bucketBy }),
  };
}

/** The same in the types that the rows arrive in, where those have become wider since the table was loaded. */
export function asArrived({ columns, key, cursor, ...facts }: Compared, shape: Pick<Shape, "columns">): Compared {
  const arrived = (column: KnownColumn) => shape.columns.find(({ target }) => target === column.target) ?? column;
  return { ...facts, columns: columns.map(arrived), key: key.map(arrived), cursor: cursor && arrived(cursor) };
}
