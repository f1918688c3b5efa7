import { type Http, type JsonObject, type Reading, type RowStream, readPartitions, valueAt } from "../../sdk/index.js";
import type { Streams } from "./check-streams.js";
import { onceEach } from "./once-each.js";
import { readList } from "./read-list.js";
import type { StreamConfig } from "./stream-config.js";

/** The streams of an API, as rows. @param kept types of columns by stream, from the schema file */
export function rowStreams(
  streams: Streams,
  kept: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Record<string, RowStream> {
  return Object.fromEntries(
    Object.entries(streams).map(([name, stream]) => [
      name,
      {
        primaryKey: stream.primary_key,
        ...(stream.cursor === undefined ? {} : { cursorField: stream.cursor.field }),
        columns: { ...kept[name], ...stream.columns },
        read: (reading: Reading) => readStream(name, streams, reading),
      },
    ]),
  );
}

function readStream(name: string, streams: Streams, reading: Reading): ReturnType<RowStream["read"]> {
  const stream = streams[name]!;
  const { http, state, lookback, mode } = reading;
  const { parent } = stream;
  if (parent === undefined) return readList({ http, stream, parent: undefined, state, lookback });
  return readPartitions({
    parents: records(parent.stream, streams, http),
    key: (record) => String(valueAt(record, parent.key)),
    read: (record, saved) => children(stream, record, saved, reading),
    concurrency: parent.concurrency,
    state,
    mode,
  });
}

/** All records of a stream, read anew: what a child stream has its lists of. */
async function* records(name: string, streams: Streams, http: Http): AsyncGenerator<JsonObject> {
  const { cursor: _, ...stream } = streams[name]!;
  const parents = stream.parent === undefined ? [undefined] : records(stream.parent.stream, streams, http);
  for await (const parent of parents) {
    for await (const page of readList({ http, stream, parent, state: undefined, lookback: undefined })) {
      if (Array.isArray(page)) yield* page as readonly JsonObject[];
    }
  }
}

/** The list of one parent, each record with what is taken over from it. */
function children(
  stream: StreamConfig,
  parent: JsonObject,
  state: JsonObject | undefined,
  { http, lookback, rereads }: Reading,
) {
  const taken = Object.entries(stream.parent!.include).map(([column, path]) => [column, valueAt(parent, path)]);
  const include = Object.fromEntries(taken) as JsonObject;
  const list = readList({ http, stream, parent, state, lookback });
  return onceEach(list, {
    stream,
    state,
    forbidden: rereads === "forbidden",
    include,
  });
}
