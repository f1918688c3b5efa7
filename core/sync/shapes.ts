import type { Target } from "../../sdk/destination.js";
import type { DriftRecord } from "../../sdk/drift-record.js";
import { childColumns } from "../nested/child-batch.js";
import type { ChildTable } from "../nested/child-tables.js";
import { type KnownColumn, targetColumn } from "../schema/known-column.js";
import type { FitsOfChildren } from "../transform/child-refinery.js";
import { firstShape, type Shape, type ShapeFacts, shapeOf, tableShape } from "./shape.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamRun } from "./stream-run.js";
import type { StreamState } from "./stream-state.js";
import { writeModeOf } from "./target.js";

/** The shapes of a stream's own table and of its children. */
export interface Shapes {
  readonly own: Shape;
  /** By the children's names. */
  readonly children: ReadonlyMap<string, Shape>;
}

interface FirstShapes extends Pick<ShapeFacts, "prepared" | "saved"> {
  readonly plan: StreamPlan;
  readonly run: Pick<StreamRun, "fullRefresh" | "naming" | "aside">;
  readonly children: readonly ChildTable[];
  readonly target: Pick<Target, "primaryKey">;
}

/** The shapes in which a run begins. */
export function firstShapes(facts: FirstShapes): Shapes {
  const { plan, run, saved } = facts;
  const own = firstShape(facts);
  const rebuilds = writeModeOf(plan, run) === "overwrite";
  const known = rebuilds && run.fullRefresh ? {} : (saved?.children ?? {});
  return { own, children: childShapes({ ...facts, own, known, rebuilds, naming: run.naming }) };
}

/** The shapes of rows that come like this from now on, in tables as the last shapes left them. */
export function nextShapes(facts: Omit<FirstShapes, "run"> & Pick<ShapeFacts, "naming">, last: Shapes): Shapes {
  const saved = facts.saved && { ...facts.saved, declined: [...declinedOf(last)] };
  const own = shapeOf({ ...facts, saved, known: last.own.columns, rebuilds: false });
  const known = Object.fromEntries([...last.children].map(([name, { columns }]) => [name, columns]));
  return { own, children: childShapes({ ...facts, saved, own, known, rebuilds: false }) };
}

interface LoadedShapes extends Omit<FirstShapes, "run" | "saved">, Pick<ShapeFacts, "naming"> {
  readonly saved: StreamState;
}

/** The shapes of rows as they come now, in tables as they were loaded. */
export function loadedShapes(facts: LoadedShapes): Shapes {
  const own = shapeOf({ ...facts, known: facts.saved.columns, rebuilds: false });
  return { own, children: childShapes({ ...facts, own, known: facts.saved.children ?? {}, rebuilds: false }) };
}

interface ChildFacts extends Omit<FirstShapes, "run">, Pick<ShapeFacts, "naming" | "rebuilds"> {
  readonly own: Shape;
  readonly known: Readonly<Record<string, readonly KnownColumn[]>>;
}

function childShapes({ plan, prepared, saved, own, known, naming, rebuilds, children, target }: ChildFacts) {
  const key = target.primaryKey.map((name) => targetColumn(own.columns.find((column) => column.target === name)!));
  const shapes = children.map((child): [string, Shape] => {
    const { name, table, parentKey, positions } = child;
    const seen = childColumns(child, key, prepared.rows.children.get(name) ?? []);
    const loaded = (saved?.children?.[name] ?? []).map(({ source, target }): [string, string] => [source, target]);
    const settled = new Map([...loaded, ...[...parentKey, ...positions].map((own): [string, string] => [own, own])]);
    const facts = { plan, seen, known: known[name] ?? [], saved, naming, rebuilds, table };
    return [name, tableShape(facts, settled)];
  });
  return new Map(shapes);
}

/** How elements get into the child tables. */
export function childFits({ children }: Shapes, tables: readonly ChildTable[]): FitsOfChildren {
  return new Map(
    tables.flatMap(({ name, table, parentKey, positions }) => {
      const shape = children.get(name);
      const own = parentKey.length + positions.length;
      return shape === undefined
        ? []
        : [[name, { table, columns: shape.seen.slice(own), fits: shape.fits.slice(own) }]];
    }),
  );
}

export function allShapes({ own, children }: Shapes): Shape[] {
  return [own, ...children.values()];
}

/** Whether a table must be altered before rows of these shapes. */
export function changesTables(shapes: Shapes): boolean {
  return allShapes(shapes).some(({ changes }) => changes.length > 0);
}

export function recordsOf(shapes: Shapes): DriftRecord[] {
  return allShapes(shapes).flatMap(({ records }) => records);
}

export function declinedOf(shapes: Shapes): string[] {
  return allShapes(shapes).flatMap(({ declined }) => declined);
}
