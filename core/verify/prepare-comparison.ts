import type { Column } from "../../sdk/schema/stream.js";
import type { KnownColumn } from "../schema/known-column.js";
import { learnedBefore } from "../sync/learned-columns.js";
import type { Ends } from "../sync/opened-ends.js";
import { type PreparedStream, prepareStream } from "../sync/prepare-stream.js";
import { type StreamPlan, selectedColumns } from "../sync/select-streams.js";
import { shapeOf } from "../sync/shape.js";
import { loadState } from "../sync/stream-state.js";
import { childrenOf } from "../sync/target.js";
import type { Arrival } from "./arriving-batches.js";
import type { Compared } from "./sides.js";

/** A stream and its table, ready to be compared. */
export interface Comparable {
  readonly arrival: Arrival;
  readonly compared: Compared;
  /** Columns that only one side has, and child tables. */
  readonly leftOut: readonly string[];
}

export interface ComparisonFacts {
  readonly connection: string;
  readonly plan: StreamPlan;
  readonly ends: Ends;
  readonly signal: AbortSignal;
}

/** What of a stream can be compared with its table; undefined where nothing was ever loaded. */
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
  const shape = shapeOf({ plan, prepared, known: saved.columns, saved, naming, rebuilds: false });
  const { known, leftOut } = bothSides(prepared.rows.columns, saved.columns);
  return {
    arrival: { plan, ends, prepared, learned, saved, shape, signal },
    compared: comparedOf(plan, prepared, known),
    leftOut: [...leftOut, ...childrenOf(plan, { primaryKey: [] }, naming).map(({ table }) => table)],
  };
}

interface BothSides {
  readonly known: readonly KnownColumn[];
  readonly leftOut: readonly string[];
}

/** The table's columns that the stream still has, in its order. */
function bothSides(columns: readonly Column[], saved: readonly KnownColumn[]): BothSides {
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
    // Rows without a key are compared as a whole, and counted.
    key: key.length > 0 && key.length === plan.primaryKey.length ? key : known,
    cursor: plan.read === "incremental" && plan.cursorField !== undefined ? named(plan.cursorField) : undefined,
  };
}
