import type { Capabilities } from "../../sdk/destination.js";
import { ConfigError, errorFromRecord, type OptionPlace, type SluiceError } from "../../sdk/errors.js";
import {
  type Catalog,
  type Column,
  type ReadMode,
  type Stream,
  streamId,
  type WriteMode,
} from "../../sdk/schema/stream.js";
import type { Predicate } from "../../sdk/source.js";
import { childTables } from "../nested/child-tables.js";
import { fold, targetNames } from "../schema/naming.js";
import { nearest } from "../schema/nearest.js";
import type { RowOptions } from "../transform/prepare-rows.js";
import { pushDown } from "../transform/push-down.js";
import type { ConnectionPlan, StreamOptions, StreamSelection } from "./plan.js";
import { referredFirst } from "./referred-first.js";
import { refuseLostOrder } from "./refuse-lost-order.js";
import { refuseChildTables } from "./refuse-nested.js";
import type { StreamState } from "./stream-state.js";

/** One stream of a connection with every choice made. Names are the source's, but for `table`. */
export interface StreamPlan {
  readonly id: string;
  readonly stream: Stream;
  readonly read: ReadMode;
  readonly write: WriteMode;
  readonly schema: string | undefined;
  readonly table: string;
  /** The columns to read, in order. */
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
  readonly cursorField: string | undefined;
  /** What the source filters by. */
  readonly pushed: readonly Predicate[];
  /** What is done to the rows that come. */
  readonly rows: RowOptions;
  readonly options: StreamOptions;
  /** A pattern takes it, nobody named it. */
  readonly byPattern: boolean;
}

/** What earlier runs committed, by stream. */
export type KnownStreams = ReadonlyMap<string, StreamState>;

/** A stream that was loaded before and no longer fits the file, since its source has changed, or that the source cannot describe. */
export interface LostStream {
  readonly id: string;
  readonly options: StreamOptions;
  readonly error: SluiceError;
}

/**
 * The streams a connection takes from a catalog, in the order of their loads, each with its modes, key, cursor, columns and table. A column that is
 * named and not there is an error, unless a stream's table was loaded with it: then it is for the drift policy to judge.
 * What is wrong with a stream that was loaded before, or that the source cannot describe, is told to `onLost`, where there is one, and the others are taken.
 * @throws ConfigError naming the stream and the option, before anything is touched
 */
export function selectStreams(
  catalog: Catalog,
  connection: Pick<ConnectionPlan, "schema" | "streams">,
  capabilities: Capabilities,
  known: KnownStreams = new Map(),
  onLost?: (lost: LostStream) => void,
): StreamPlan[] {
  const byId = new Map(catalog.streams.map((stream) => [streamId(stream), stream]));
  const broken = (catalog.broken ?? []).map((one) => ({ id: streamId(one), error: one.error }));
  const ids = [...byId.keys(), ...broken.map(({ id }) => id)];
  const orLost = <T>(id: string, { options }: StreamSelection, plan: () => T): T[] => {
    try {
      return [plan()];
    } catch (error) {
      if (onLost === undefined || !known.has(id) || !(error instanceof ConfigError)) throw error;
      onLost({ id, options, error });
      return [];
    }
  };
  for (const selection of connection.streams) {
    orLost(selection.pattern, selection, () => requireMatch(selection, ids, known));
  }
  for (const { id, error: record } of broken) {
    const selection = selectionFor(id, connection.streams);
    if (selection === undefined) continue;
    const error = errorFromRecord({ stream: id, ...record });
    if (onLost === undefined) throw error;
    onLost({ id, options: selection.options, error });
  }
  const chosen = [...byId].flatMap(([id, stream]) => {
    const selection = selectionFor(id, connection.streams);
    if (selection === undefined) return [];
    const saved = known.get(id);
    return orLost(id, selection, () => planStream({ id, stream, selection, connection, capabilities, saved }));
  });
  refuseTwins(chosen, capabilities);
  return referredFirst(chosen);
}

/** The selected columns as the source has them. */
export function selectedColumns(plan: Pick<StreamPlan, "stream" | "columns">): Column[] {
  return plan.columns.map((name) => plan.stream.columns.find((column) => column.name === name)!);
}

/** The patterns a source needs to look for. */
export function wantedStreams(connection: ConnectionPlan): string[] {
  return connection.streams.map((selection) => selection.pattern);
}

function requireMatch({ pattern }: StreamSelection, ids: readonly string[], known: KnownStreams): void {
  if (ids.some((id) => matches(pattern, id))) return;
  if (known.has(pattern)) {
    throw new ConfigError("stream.not_found", `the source has no stream '${pattern}' any more`, {
      stream: pattern,
      hint: "it was dropped, renamed, or this user may no longer see it: bring it back, or take it out of `streams`; its table stays as it is",
    });
  }
  const near = nearest(pattern, ids) ?? ids.find((id) => id.endsWith(`.${pattern}`));
  const hint =
    near !== undefined
      ? `did you mean '${near}'?`
      : ids.length > 0
        ? `the source shows this user ${ids.slice(0, 8).join(", ")}${ids.length > 8 ? ", …" : ""}: check the name and the user's grants`
        : "`sluice discover` lists what the source shows this user; check its name and the user's grants";
  throw new ConfigError("stream.not_found", `the source has no stream '${pattern}'`, { stream: pattern, hint });
}

function selectionFor(id: string, selections: readonly StreamSelection[]): StreamSelection | undefined {
  const exact = selections.find((selection) => selection.pattern === id);
  return exact ?? selections.find((selection) => matches(selection.pattern, id));
}

/** Whether a pattern (`*` for any characters) names a stream. */
export function matches(pattern: string, id: string): boolean {
  const source = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`, "s").test(id);
}

interface Choice {
  readonly id: string;
  readonly stream: Stream;
  readonly selection: StreamSelection;
  readonly connection: Pick<ConnectionPlan, "schema">;
  readonly capabilities: Capabilities;
  readonly saved: StreamState | undefined;
}

function planStream({ id, stream, selection, connection, capabilities, saved }: Choice): StreamPlan {
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

/** Two streams may not share a table, whatever the case or Unicode form of its name; nor may their child tables. */
function refuseTwins(plans: readonly StreamPlan[], capabilities: Capabilities): void {
  const owners = new Map<string, string>();
  for (const { id, table, options } of plans) {
    const children = childTables(options.nested, { table, primaryKey: [], naming: capabilities });
    const tables = [{ owner: id, table }, ...children.map((child) => ({ ...child, owner: `${id}: ${child.name}` }))];
    for (const { owner, table } of tables) {
      const other = owners.get(fold(table, capabilities));
      if (other !== undefined) {
        throw new ConfigError(
          "naming.table_collision",
          `streams '${other}' and '${owner}' would both be table '${table}'`,
          {
            stream: id,
            hint: "give one of them another name: `table:`, or { child_table: … } under `nested`",
          },
        );
      }
      owners.set(fold(table, capabilities), owner);
    }
  }
}
