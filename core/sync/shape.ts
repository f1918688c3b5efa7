import type { SchemaChange } from "../../sdk/destination.js";
import type { DriftRecord } from "../../sdk/drift-record.js";
import { DataError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import { decide, firstColumns } from "../schema/drift.js";
import { completePolicies } from "../schema/drift-policy.js";
import { type Fit, plainFits } from "../schema/fit.js";
import type { Drift } from "../schema/judge-column.js";
import type { KnownColumn } from "../schema/known-column.js";
import type { NamingRules } from "../schema/naming.js";
import { renamedByOption, withOrigins } from "../schema/origins.js";
import type { PreparedStream } from "./prepare-stream.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamRun } from "./stream-run.js";
import type { StreamState } from "./stream-state.js";
import { writeModeOf } from "./target.js";

/** The columns a stream's rows have after its transforms, those its table has, and how the one becomes the other. */
export interface Shape {
  readonly seen: readonly Column[];
  /** The table's columns, in its order; those that are gone from the source are null in new rows. */
  readonly columns: readonly KnownColumn[];
  /** One for each column seen. */
  readonly fits: readonly Fit[];
  /** What must be done to the table before rows of this shape are written. */
  readonly changes: readonly SchemaChange[];
  /** What was decided about differences that are news. */
  readonly records: readonly DriftRecord[];
  /** Differences that stay, so that they are news only once. */
  readonly declined: readonly string[];
  /** Columns found again under another name: old source name to new. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Changes that a policy forbids, as sentences; not empty means: stop. */
  readonly refusals: readonly string[];
}

export interface ShapeFacts extends Omit<TableFacts, "seen"> {
  readonly prepared: PreparedStream;
}

/** A table, and the rows that come for it. */
export interface TableFacts {
  readonly plan: Pick<StreamPlan, "options">;
  readonly seen: readonly Column[];
  /** The names of those that the source has, by their names there. */
  readonly outputOf?: ReadonlyMap<string, string>;
  /** The columns the table was loaded with; empty for a table that is new. */
  readonly known: readonly KnownColumn[];
  readonly saved: StreamState | undefined;
  readonly naming: NamingRules;
  /** The table is built anew, and may take the source's columns as they are. */
  readonly rebuilds: boolean;
  /** Of a child table its name: what is decided is told of it. */
  readonly table?: string;
}

/** The shape in which rows with these columns stand in the table. */
export function shapeOf({ prepared, ...facts }: ShapeFacts): Shape {
  const { saved } = facts;
  const names = new Map(saved?.columns.map((column) => [column.source, column.target]));
  const { columns: seen, outputOf } = prepared.rows;
  return tableShape({ ...facts, seen, outputOf }, names);
}

/** @param names of columns of a table that does not exist yet, as far as they are settled: by name at the source */
export function tableShape(
  { plan, seen, outputOf = new Map(), known, saved, naming, rebuilds, table }: TableFacts,
  names: ReadonlyMap<string, string>,
): Shape {
  if (known.length === 0) {
    const columns = withOrigins(firstColumns(seen, naming, names), outputOf);
    const nothing = { changes: [], records: [], declined: [], refusals: [], renamed: new Map() };
    return { seen, columns, fits: plainFits(columns), ...nothing };
  }
  const { changes: acceptsAll = false, renames = {} } = saved?.accepted ?? {};
  const policies = completePolicies(acceptsAll ? undefined : plan.options.drift);
  const rules = {
    ...naming,
    rebuilds,
    renames: new Map([...renamedByOption(known, { columns: seen, outputOf }), ...Object.entries(renames)]),
  };
  const { columns, changes, fits, refusals, renamed, ...decided } = decide(known, seen, policies, rules);
  const named = (column: string | undefined) => (table === undefined ? column : `${table}.${column}`);
  const drifts = decided.drifts.map((drift) => ({ ...drift, columnName: named(drift.columnName) }));
  const standing = drifts.filter(({ stands }) => stands).map(keyOf);
  const news = drifts.filter((drift) => !(drift.stands && saved?.declined?.includes(keyOf(drift))));
  return {
    seen,
    columns: withOrigins(columns, outputOf),
    changes,
    fits,
    records: news.map(({ entity, columnName, change, decision }) => ({ entity, columnName, change, decision })),
    declined: standing,
    renamed,
    refusals: table === undefined ? refusals : refusals.map((refusal) => `table '${table}': ${refusal}`),
  };
}

export interface FirstFacts {
  readonly plan: StreamPlan;
  readonly prepared: PreparedStream;
  readonly run: Pick<StreamRun, "fullRefresh" | "naming">;
  readonly saved: StreamState | undefined;
}

/** The shape in which a run begins. A full refresh on demand takes the source's columns as they are now. */
export function firstShape({ plan, prepared, run, saved }: FirstFacts): Shape {
  const rebuilds = writeModeOf(plan, run) === "overwrite";
  const known = rebuilds && run.fullRefresh ? [] : (saved?.columns ?? []);
  return shapeOf({ plan, prepared, known, saved, naming: run.naming, rebuilds });
}

/**
 * @throws DataError `drift.frozen` where a policy forbids what has changed; its hint names the views that would break were it
 * accepted
 */
export function refuseFrozen(
  { refusals }: Shape,
  { id }: Pick<StreamPlan, "id">,
  { connection, views = [] }: { readonly connection: string; readonly views?: readonly string[] },
): void {
  if (refusals.length === 0) return;
  const breaks = views.length === 0 ? "" : `. Views that it would break: ${views.join(", ")}`;
  throw new DataError("drift.frozen", `'${id}' has changed at the source: ${refusals.join("; ")}`, {
    stream: id,
    hint: `\`sluice drift accept ${connection} --stream ${id}\` takes the change over once, \`drift: evolve\` always; or undo it at the source${breaks}`,
  });
}

/** Whether every change is followed. */
export function evolves({ options }: Pick<StreamPlan, "options">): boolean {
  return Object.values(completePolicies(options.drift)).every((policy) => policy === "evolve");
}

function keyOf({ entity, columnName, change, policy }: Drift): string {
  return [entity, columnName ?? "", change, policy].join(" ");
}
