import type { KnownColumn } from "../schema/known-column.js";
import type { Shape } from "../sync/shape.js";
import { readArrival } from "./arrived-tables.js";
import type { Arrival } from "./arriving-rows.js";
import type { Side } from "./compare.js";
import type { CompareChildrenOptions } from "./compare-children.js";
import { asArrived, type Compared } from "./compared.js";
import type { Comparable } from "./prepare-comparison.js";
import { pushedDownSide, targetSide } from "./sides.js";

/** A stream's own table at both ends, and its child tables. */
export interface Sides {
  /** Where the source's rows are digested: by the source itself, or here after reading them all. */
  readonly how: "pushed_down" | "read";
  readonly source: Side;
  readonly target: Side;
  readonly compared: Compared;
  readonly children: readonly ChildSides[];
  /** Columns that came up when the source was read: no table has them yet. */
  readonly cameUp: readonly string[];
  /** Drops what was read. */
  close(): Promise<void>;
}

export interface ChildSides extends Pick<CompareChildrenOptions, "source" | "target" | "parentColumns"> {
  readonly table: string;
  readonly key: readonly KnownColumn[];
}

/** Opens both ends of a comparison: the source digests its rows itself where it can; otherwise they are read, once. */
export async function openSides({ arrival, compared, children }: Comparable): Promise<Sides> {
  const { plan } = arrival;
  const pushed = children.length === 0 ? pushedDownSide(arrival, compared) : undefined;
  if (pushed !== undefined) {
    const target = targetSide(arrival, compared, { table: plan.table });
    return { how: "pushed_down", source: pushed, target, compared, children: [], cameUp: [], async close() {} };
  }
  const arrived = await readArrival(arrival);
  const { own, children: shapes } = arrived.arrival.shapes;
  const read = asArrived(compared, own);
  return {
    how: "read",
    source: arrived.side(read),
    target: targetSide(arrival, read, { table: plan.table }),
    compared: read,
    children: children.map(({ name, table, parentKey, compared }): ChildSides => {
      const readChild = asArrived(compared, shapes.get(name)!);
      const parent = { table: plan.table, primaryKey: arrival.primaryKey, parentKey };
      return {
        table,
        key: readChild.key,
        parentColumns: parentKey.length,
        source: arrived.side(readChild, name),
        target: targetSide(arrival, readChild, { table, parent }),
      };
    }),
    cameUp: cameUp(arrival, arrived.arrival),
    close: arrived.close,
  };
}

function cameUp(before: Arrival, { shapes, children }: Arrival): string[] {
  const added = (shape: Shape, known: Shape) =>
    shape.columns.map(({ target }) => target).filter((name) => !known.columns.some(({ target }) => target === name));
  return [
    ...added(shapes.own, before.shapes.own),
    ...children.flatMap(({ name, table }) =>
      added(shapes.children.get(name)!, before.shapes.children.get(name)!).map((column) => `${table}.${column}`),
    ),
  ];
}
