import type { Column } from "../../sdk/schema/stream.js";
import type { KnownColumn } from "../schema/known-column.js";
import type { Ends } from "../sync/ends.js";
import { type PreparedStream, prepareStream } from "../sync/prepare-stream.js";
import { type StreamPlan, selectedColumns } from "../sync/select-streams.js";
import { shapeOf } from "../sync/shape.js";
import { loadState } from "../sync/stream-state.js";
import type { Arrival } from "./arriving-batches.js";
import { type Comparison, compare } from "./compare.js";
import { type NamedKey, namedKey } from "./named-key.js";
import { type Compared, pushedDownSide, readSide, targetSide } from "./sides.js";

/** What a comparison of one stream with its table found. */
export interface StreamFinding extends Comparison {
  /** Where the source's rows were digested: by the source itself, or here after reading them all. */
  readonly how: "pushed_down" | "read";
  /** Some of the keys that differ, by the table's column names. */
  readonly keys: readonly NamedKey[];
  /** Columns that only one side has; they were not compared. */
  readonly leftOut: readonly string[];
}

export interface VerifyOptions {
  readonly connection: string;
  readonly plan: StreamPlan;
  readonly ends: Ends;
  /** How many keys are named. */
  readonly mostKeys: number;
  readonly signal: AbortSignal;
}

/** Compares a stream with its table; undefined where nothing was ever loaded. */
export async function verifyStream(options: VerifyOptions): Promise<StreamFinding | undefined> {
  const { connection, plan, ends, mostKeys, signal } = options;
  const states = await ends.destination.states(plan.schema);
  const saved = loadState(states.find((row) => row.connection === connection && row.stream === plan.id)?.state);
  if (saved === undefined) return undefined;
  const prepared = await prepareStream(plan, selectedColumns(plan), ends.engine);
  const naming = ends.kind.capabilities;
  const shape = shapeOf({ plan, prepared, known: saved.columns, saved, naming, rebuilds: false });
  const { known, leftOut } = bothSides(prepared.rows.columns, saved.columns);
  const arrival: Arrival = { plan, ends, prepared, shape, signal };
  const compared = comparedOf(plan, prepared, known);
  const keys: NamedKey[] = [];
  const keyColumns = compared.key.map(({ target: name, type, nullable }) => ({ name, type, nullable }));
  const pushed = pushedDownSide(arrival, compared);
  const source = pushed ?? (await readSide(arrival, compared));
  try {
    const comparison = await compare({
      source,
      target: targetSide(arrival, compared),
      keepsVersions: plan.write === "append",
      ...(compared.cursor === undefined ? {} : { cursor: compared.cursor.type }),
      onDifference(difference) {
        if (keys.length < mostKeys) keys.push(namedKey(difference, keyColumns));
      },
    });
    return { ...comparison, how: pushed === undefined ? "read" : "pushed_down", keys, leftOut };
  } finally {
    await source.close?.();
  }
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
