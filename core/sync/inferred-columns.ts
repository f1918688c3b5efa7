import { scalar } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { ReadRequest } from "../../sdk/source.js";
import type { KnownColumn } from "../schema/known-column.js";
import { widens } from "../schema/lattice.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamRun } from "./stream-run.js";

/*
 * Where a source finds columns by looking at values, one that has not come this time is not gone, and more may come up
 * while the stream is read.
 */

/** The plan whose stream also has the columns that its table was loaded with, in the types they have there. */
export function withKnownColumns(plan: StreamPlan, run: Pick<StreamRun, "fullRefresh" | "saved">): StreamPlan {
  if (plan.stream.inferred !== true || plan.write === "overwrite" || run.fullRefresh) return plan;
  const { columns = [], made = [] } = run.saved ?? {};
  return extended(
    plan,
    columns.filter(({ source }) => !made.includes(source)),
  );
}

/** Of columns that the plan does not have, the names of those that it takes: all but where the user has chosen. */
export function addedColumns({ columns, stream, options }: StreamPlan, announced: readonly Column[]): string[] {
  if (stream.inferred !== true || options.select !== undefined) return [];
  const names = announced.map(({ name }) => name);
  return names.filter((name) => !columns.includes(name) && options.exclude?.includes(name) !== true);
}

/** What a read is to do with columns that come up on the way. */
export function newColumns({ options, stream }: StreamPlan): Pick<ReadRequest, "newColumns"> {
  if (stream.inferred !== true) return {};
  if (options.select !== undefined) return { newColumns: { wanted: false } };
  return { newColumns: { wanted: true, ...(options.exclude === undefined ? {} : { except: options.exclude }) } };
}

function extended(plan: StreamPlan, known: readonly KnownColumn[]): StreamPlan {
  const { rename = {}, cast = {}, mask = {}, derive = {} } = plan.options;
  const sourceNames = new Map(Object.entries(rename).map(([source, output]) => [output, source]));
  const loaded = new Map<string, Column>();
  for (const { source: output, from, type, path } of known) {
    if (Object.hasOwn(derive, output) || path !== undefined) continue;
    const changed = Object.hasOwn(cast, output) || Object.hasOwn(mask, output);
    const name = from ?? sourceNames.get(output) ?? output;
    // What type it had before the transform is not known; text takes everything.
    loaded.set(name, { name, type: changed ? scalar("string") : type, nullable: true });
  }
  const columns = plan.stream.columns.map((column) => wider(column, loaded.get(column.name)));
  const missing = [...loaded.values()].filter(({ name }) => !columns.some((column) => column.name === name));
  const stream = { ...plan.stream, columns: [...columns, ...missing] };
  return { ...plan, stream, columns: [...plan.columns, ...addedColumns(plan, missing)] };
}

function wider(seen: Column, loaded: Column | undefined): Column {
  return loaded !== undefined && widens(seen.type, loaded.type) ? { ...seen, type: loaded.type } : seen;
}
