import type { Capabilities } from "../../sdk/destination.js";
import { ConfigError, errorFromRecord, type SluiceError } from "../../sdk/errors.js";
import { type Catalog, streamId } from "../../sdk/schema/stream.js";
import { requireMatch, selectionFor } from "./match-streams.js";
import type { ConnectionPlan, StreamOptions, StreamSelection } from "./plan.js";
import { planStream } from "./plan-stream.js";
import { referredFirst } from "./referred-first.js";
import { refuseTwins } from "./refuse-twins.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamState } from "./stream-state.js";

/** What earlier runs committed, by stream. */
export type KnownStreams = ReadonlyMap<string, StreamState>;

/** A stream that was loaded before and no longer fits the file, since its source has changed, or that the source cannot describe. */
export interface LostStream {
  readonly id: string;
  readonly options: StreamOptions;
  /** Where its table is, if the file or the stream's name say so. */
  readonly schema: string | undefined;
  readonly table: string;
  readonly error: SluiceError;
}

export interface SelectStreams {
  readonly catalog: Catalog;
  readonly connection: Pick<ConnectionPlan, "schema" | "streams">;
  /** Of the destination. */
  readonly capabilities: Capabilities;
  readonly known?: KnownStreams;
  readonly onLost?: (lost: LostStream) => void;
}

/**
 * The streams a connection takes from a catalog, in the order of their loads, each with its modes, key, cursor, columns and table. A column that is
 * named and not there is an error, unless a stream's table was loaded with it: then it is for the drift policy to judge.
 * What is wrong with a stream that was loaded before, or that the source cannot describe, is told to `onLost`, where there is one, and the others are taken.
 * @throws ConfigError naming the stream and the option, before anything is touched
 */
export function selectStreams({
  catalog,
  connection,
  capabilities,
  known = new Map(),
  onLost,
}: SelectStreams): StreamPlan[] {
  const byId = new Map(catalog.streams.map((stream) => [streamId(stream), stream]));
  const broken = (catalog.broken ?? []).map((one) => ({ id: streamId(one), error: one.error }));
  const ids = [...byId.keys(), ...broken.map(({ id }) => id)];
  const schema = connection.schema ?? capabilities.defaultSchema;
  const lose = (id: string, options: StreamOptions, error: SluiceError) =>
    onLost?.({ id, options, schema, table: options.table ?? id.slice(id.indexOf(".") + 1), error });
  const orLost = <T>(id: string, { options }: StreamSelection, plan: () => T): T[] => {
    try {
      return [plan()];
    } catch (error) {
      if (onLost === undefined || !known.has(id) || !(error instanceof ConfigError)) throw error;
      lose(id, options, error);
      return [];
    }
  };
  for (const selection of connection.streams) {
    orLost(selection.pattern, selection, () => requireMatch(selection, ids, known.has(selection.pattern)));
  }
  for (const { id, error: record } of broken) {
    const selection = selectionFor(id, connection.streams);
    if (selection === undefined) continue;
    const error = errorFromRecord({ stream: id, ...record });
    if (onLost === undefined) throw error;
    lose(id, selection.options, error);
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
