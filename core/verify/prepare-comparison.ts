import type { Column } from "../../sdk/schema/stream.js";
import type { ChildTable } from "../nested/child-tables.js";
import type { KnownColumn } from "../schema/known-column.js";
import { learnedBefore } from "../sync/learned-columns.js";
import type { Ends } from "../sync/opened-ends.js";
import { type PreparedStream, prepareStream } from "../sync/prepare-stream.js";
import { loadedShapes } from "../sync/shapes.js";
import { type StreamPlan, selectedColumns } from "../sync/stream-plan.js";
import { loadState, type StreamState } from "../sync/stream-state.js";
import { childrenOf } from "../sync/target.js";
import type { Arrival } from "./arriving-rows.js";
import type { Compared } from "./compared.js";

/** A stream and its tables, ready to be compared. */
export interface Comparable {
  readonly arrival: Arrival;
  readonly compared: Compared;
  readonly children: readonly ComparableChild[];
  /** Columns that only one side has, and child tables that were never loaded. */
  readonly leftOut: readonly string[];
}

export interface ComparableChild extends ChildTable {
  readonly compared: Compared;
}

export interface ComparisonFacts {
  readonly connection: string;
  readonly plan: StreamPlan;
  readonly ends: Ends;
  readonly signal: AbortSignal;
}

/** What of a stream can be compared with its tables; undefined where nothing was ever loaded. */
export async function prepareComparison({
  connection,
  plan,
  ends,
  signal,
}: ComparisonFacts): Promise<Comparable | undefined> {
  const states = await ends.destination.states(plan.schema);
  const saved = loadState(states.find((row) => row.connection === connection && row.stream === plan.id)?.state);
  if (saved === undefined) return undefined;
  const learned = learnedBefore(saved);
  // The tables are there: what their nested columns are is known.
  learned.looked = true;
  const prepared = await prepareStream(plan, selectedColumns(plan), ends.engine, learned);
  const naming = ends.kind.capabilities;
  const { known, leftOut } = bothSides(prepared.rows.columns, saved.columns);
  const compared = comparedOf(plan, prepared, known);
  const primaryKey = compared.key.map(({ target }) => target);
  const all = isKeyed(plan, compared) ? childrenOf(plan, { primaryKey }, naming) : [];
  const children = all.filter(({ name }) => saved.children?.[name] !== undefined);
  const shapes = loadedShapes({ plan, prepared, saved, naming, children, target: { primaryKey } });
  const compare = children.map((child) => comparableChild(child, prepared, saved));
  return {
    arrival: { plan, ends, prepared, learned, saved, shapes, children, primaryKey, signal },
    compared,
    children: compare.map(({ child }) => child),
    leftOut: [
      ...leftOut,
      ...all.filter((child) => !children.includes(child)).map(({ table }) => table),
      ...compare.flatMap(({ child, leftOut }) => leftOut.map((column) => `${child.table}.${column}`)),
    ],
  };
}

/** Whether the table has the whole key: rows without one are compared as they are, and counted. */
export function isKeyed({ primaryKey }: Pick<StreamPlan, "primaryKey">, { key, columns }: Compared): boolean {
  return primaryKey.length > 0 && key.length === primaryKey.length && key !== columns;
}

interface BothSides {
  readonly known: readonly KnownColumn[];
  readonly leftOut: readonly string[];
}

/** The table's columns that the stream still has, in its order. */
function bothSides(columns: readonly Pick<Column, "name">[], saved: readonly KnownColumn[]): BothSides {
  const present = saved.filter(({ gone }) => !gone);
  const bySource = new Map(present.map((column) => [column.source, column]));
  const names = new Set(columns.map(({ name }) => name));
  return {
    known: columns.flatMap(({ name }) => bySource.get(name) ?? []),
    leftOut: [
      ...columns.filter(({ name }) => !bySource.has(name)).map(({ name }) => name),
      ...present.filter(({ source }) => !names.has(source)).map(({ target }) => target),
    ],
  };
}

function comparedOf(plan: StreamPlan, { rows }: PreparedStream, known: readonly KnownColumn[]): Compared {
  const named = (name: string) => known.find(({ source }) => source === rows.outputOf.get(name));
  const key = plan.primaryKey.flatMap((name) => named(name) ?? []);
  return {
    columns: known,
    key: key.length > 0 && key.length === plan.primaryKey.length ? key : known,
    cursor: plan.read === "incremental" && plan.cursorField !== undefined ? named(plan.cursorField) : undefined,
  };
}

function comparableChild(child: ChildTable, { rows }: PreparedStream, saved: StreamState) {
  const own = [...child.parentKey, ...child.positions];
  const columns = [...own.map((name) => ({ name })), ...(rows.children.get(child.name) ?? [])];
  const { known, leftOut } = bothSides(columns, saved.children![child.name]!);
  const key = own.map((name) => known.find(({ source }) => source === name)!);
  const compared = { columns: known, key, cursor: undefined, bucketBy: child.parentKey.length };
  return { child: { ...child, compared }, leftOut };
}
