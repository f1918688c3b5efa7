import type { Column } from "../../sdk/schema/stream.js";
import type { ChildRows, ChildrenOfRows } from "../nested/child-rows.js";
import { takeChildRows } from "../nested/child-rows.js";
import { type Fit, needsRefinery } from "../schema/fit.js";
import type { ExpressionEngine } from "./engine.js";
import { openRefinery, type PartlyRefined, type Refinery, type RejectedRow } from "./refinery.js";
import { newStages } from "./stages.js";

/** How the elements of a child table get into it. */
export interface ChildFits {
  readonly table: string;
  /** Their columns as they come; none of the parent's key or the places. */
  readonly columns: readonly Column[];
  /** One for each. */
  readonly fits: readonly Fit[];
}

/** By the children's names. */
export type FitsOfChildren = ReadonlyMap<string, ChildFits>;

/**
 * Brings the elements of child tables to what their tables take: values that do not fit are lost, their rows left out, or the
 * row that they belong to is rejected as a whole, so that it can be sent again with all its children.
 */
export interface ChildRefinery {
  refine(rows: PartlyRefined): Promise<PartlyRefined>;
  close(): Promise<void>;
}

/** @returns undefined where every element fits */
export async function childRefinery(
  children: FitsOfChildren,
  engine: ExpressionEngine,
): Promise<ChildRefinery | undefined> {
  const refineries = new Map<string, Refinery>();
  for (const [name, { table, columns, fits }] of children) {
    if (!needsRefinery(fits)) continue;
    const rows = { columns, outputOf: new Map(), stages: newStages(columns), children: new Map(), before: undefined };
    const options = { source: columns, rows: { ...rows, isPart: false }, fits, fitsOf: table, engine };
    refineries.set(name, await openRefinery(options));
  }
  if (refineries.size === 0) return undefined;
  return {
    async refine(rows) {
      if (rows.grown !== undefined || rows.children === undefined) return rows;
      const judged: JudgedChild[] = [];
      for (const [name, refinery] of refineries) {
        const held = rows.children.get(name);
        if (held !== undefined && held.parents.length > 0) judged.push(await judge(name, held, refinery));
      }
      return settle(rows, rows.children, judged);
    },
    async close() {
      for (const refinery of refineries.values()) await refinery.close();
    },
  };
}

interface JudgedChild {
  readonly name: string;
  readonly rows: ChildRows;
  /** The parents of rows that are left out, once for each. */
  readonly leftOut: readonly number[];
  /** Why parents are to be rejected. */
  readonly rejects: ReadonlyMap<number, Pick<RejectedRow, "rule" | "reason">>;
}

async function judge(name: string, held: ChildRows, refinery: Refinery): Promise<JudgedChild> {
  const { parents, columns, vectors } = held;
  const refined = await refinery.refineInPlace({ rows: parents.length, columns, vectors });
  const rejects = new Map<number, Pick<RejectedRow, "rule" | "reason">>();
  for (const { row, rule, reason } of refined.rejects) {
    const parent = parents[row]!;
    if (!rejects.has(parent)) rejects.set(parent, { rule, reason });
  }
  const rows = { ...held, vectors: refined.batch.vectors };
  if (refined.kept === undefined) return { name, rows, leftOut: [], rejects };
  const kept = new Set(refined.kept);
  const rejected = new Set(refined.rejects.map(({ row }) => row));
  const leftOut = [...parents.keys()].filter((row) => !kept.has(row) && !rejected.has(row));
  return { name, rows: takeChildRows(rows, refined.kept), leftOut: leftOut.map((row) => parents[row]!), rejects };
}

/** The rows without those that are rejected because of an element, and with the elements that stay. */
function settle(rows: PartlyRefined, children: ChildrenOfRows, judged: readonly JudgedChild[]): PartlyRefined {
  const numberOf = (row: number) => rows.from?.[row] ?? row;
  const standing = rows.kept ?? Int32Array.from({ length: rows.batch.rows }, (_, row) => row);
  const rejects: RejectedRow[] = [];
  const kept = standing.filter((row) => {
    const number = numberOf(row);
    const found = judged.find((child) => child.rejects.has(number))?.rejects.get(number);
    if (found !== undefined) rejects.push({ ...found, row: number, text: rows.textOf(number) });
    return found === undefined;
  });
  const numbers = new Set(Array.from(kept, numberOf));
  const discarded = judged.reduce(
    (sum, { leftOut }) => sum + leftOut.filter((parent) => numbers.has(parent)).length,
    0,
  );
  return {
    ...rows,
    kept: kept.length === rows.batch.rows ? rows.kept : kept,
    rejects: [...rows.rejects, ...rejects],
    children: new Map([...children, ...judged.map(({ name, rows }) => [name, rows] as const)]),
    discardedChildren: discarded,
  };
}
