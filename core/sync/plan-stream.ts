import type { Capabilities } from "../../sdk/destination.js";
import { ConfigError, type OptionPlace } from "../../sdk/errors.js";
import type { Stream } from "../../sdk/schema/stream.js";
import { targetNames } from "../schema/naming.js";
import { nearest } from "../schema/nearest.js";
import { pushDown } from "../transform/push-down.js";
import type { ConnectionPlan, StreamOptions, StreamSelection } from "./plan.js";
import { refuseLostOrder } from "./refuse-lost-order.js";
import { refuseChildTables } from "./refuse-nested.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamState } from "./stream-state.js";

interface Choice {
  readonly id: string;
  readonly stream: Stream;
  readonly selection: StreamSelection;
  readonly connection: Pick<ConnectionPlan, "schema">;
  readonly capabilities: Capabilities;
  readonly saved: StreamState | undefined;
}

/**
 * A stream with its modes, key, cursor, columns and table, as its options, its state and the source's own description give them.
 * @throws ConfigError naming the stream, the option and the fix
 */
export function planStream({ id, stream, selection, connection, capabilities, saved }: Choice): StreamPlan {
  const { options } = selection;
  const read = options.read ?? "full_refresh";
  const primaryKey = options.primaryKey ?? stream.primaryKey;
  const write = options.write ?? (read === "full_refresh" ? "overwrite" : primaryKey.length > 0 ? "merge" : "append");
  const columns = columnsOf(id, stream, options, saved);
  // A better candidate that appears later does not take the place of the one the state is of.
  const candidates = [...(saved?.cursor === undefined ? [] : [saved.cursor]), ...stream.cursorFields];
  const cursorField = options.cursor ?? candidates.find((field) => columns.includes(field));
  const sourceColumns = stream.columns.map(({ name }) => name);
  const { pushed, rest } = pushDown(options, sourceColumns);
  const { filter: _, ...transforms } = options;
  const plan: StreamPlan = {
    id,
    stream,
    read,
    write,
    schema: connection.schema ?? capabilities.defaultSchema,
    table: options.table ?? [...targetNames([stream.name], capabilities).values()][0]!,
    columns,
    primaryKey,
    cursorField,
    pushed,
    rows: {
      transforms: { ...transforms, ...(rest === undefined ? {} : { filter: rest }) },
      rules: options.quality?.rows ?? [],
    },
    options,
    byPattern: selection.pattern !== id,
  };
  refuseImpossible(plan, capabilities, saved);
  return plan;
}

function columnsOf(
  id: string,
  stream: Stream,
  { select, exclude }: StreamOptions,
  saved: StreamState | undefined,
): string[] {
  const names = stream.columns.map((column) => column.name);
  // Where columns are inferred, one that is not wanted may be one that has not come yet.
  const named = [...(select ?? []), ...(stream.inferred ? [] : (exclude ?? []))];
  for (const column of named) if (!isGone(column, stream, saved)) requireColumn(id, column, names);
  return (select ?? names).filter((name) => names.includes(name) && !exclude?.includes(name));
}

/** Whether the source had a column when the table was loaded, and has it no more under any name. */
function isGone(name: string, { columns }: Stream, saved: StreamState | undefined): boolean {
  const known = saved?.columns.find((column) => column.source === name);
  return known !== undefined && !columns.some((column) => column.name === name || sameIdentity(column, known));
}

function sameIdentity(a: { readonly id?: string }, b: { readonly id?: string }): boolean {
  return a.id !== undefined && a.id === b.id;
}

function refuseImpossible(plan: StreamPlan, capabilities: Capabilities, saved: StreamState | undefined): void {
  const { id, stream, read, write, primaryKey, columns, options } = plan;
  const refuse = (code: string, message: string, hint: string): never => {
    throw new ConfigError(code, `stream '${id}': ${message}`, { stream: id, hint });
  };
  if (!stream.readModes.includes(read)) {
    refuse("stream.read_mode", `the source cannot read it as ${read}`, `it can: ${stream.readModes.join(", ")}`);
  }
  if (!capabilities.writeModes.includes(write)) {
    refuse("stream.write_mode", `the destination cannot ${write}`, `it can: ${capabilities.writeModes.join(", ")}`);
  }
  if (read !== "full_refresh" && write === "overwrite") {
    refuse("stream.modes", `${read} with overwrite would leave only the newest rows`, "write: merge, append or scd2");
  }
  if (options.deletes !== undefined && write !== "merge" && write !== "scd2") {
    refuse(
      "stream.deletes",
      `deletes are not looked for in a table that is written with ${write}`,
      "write: merge or scd2",
    );
  }
  if (options.deletes !== undefined && !capabilities.removes) {
    refuse("stream.deletes", "the destination cannot remove rows", "leave `deletes` out");
  }
  const hadKey = saved !== undefined && saved.primaryKey.length > 0;
  if ((write === "merge" || write === "scd2") && primaryKey.length === 0 && !hadKey) {
    refuse(
      "stream.no_primary_key",
      `${write} needs a primary key and the source declares none`,
      "set primary_key: [column, …]",
    );
  }
  for (const column of primaryKey) if (!isGone(column, stream, saved)) requireColumn(id, column, columns);
  for (const column of Object.keys(options.rename ?? {})) requireColumn(id, column, columns, ["rename", column]);
  refuseLostOrder(plan, refuse);
  refuseChildTables(plan, capabilities);
  const { cursor } = options;
  if (cursor !== undefined && !isGone(cursor, stream, saved)) requireColumn(id, cursor, columns);
}

function requireColumn(id: string, column: string, names: readonly string[], option?: OptionPlace["path"]): void {
  if (names.includes(column)) return;
  const near = nearest(column, names);
  throw new ConfigError("stream.no_column", `stream '${id}' has no column '${column}'`, {
    stream: id,
    column,
    hint: near === undefined ? `its columns are ${names.join(", ")}` : `did you mean '${near}'?`,
    ...(option === undefined ? {} : { option: { path: option } }),
  });
}
