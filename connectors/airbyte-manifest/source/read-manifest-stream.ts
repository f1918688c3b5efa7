import type { Row } from "../../../sdk/batch/pack.js";
import { exactState, stateText } from "../../../sdk/child/exact-state.js";
import { rowBatches } from "../../../sdk/child/row-batches.js";
import type { Log } from "../../../sdk/context.js";
import type { Json } from "../../../sdk/json.js";
import type { Message } from "../../../sdk/messages.js";
import { parseJson } from "../../../sdk/parse-json.js";
import type { Column } from "../../../sdk/schema/stream.js";
import type { ReadRequest } from "../../../sdk/source.js";
import { fromJson, toJson } from "../jinja/json.js";
import { pyDict } from "../jinja/values/dict.js";
import type { PyDict } from "../jinja/values/value.js";
import type { Component } from "../load/fields.js";
import { buildStream } from "../streams/build-stream.js";
import { readStream } from "../streams/read-stream.js";
import { isDict } from "../value/is-dict.js";
import type { RuntimeSource } from "./open-runtime.js";
import { recordRow } from "./record-row.js";
import { type RepeatedRows, repeatedRows } from "./repeated-rows.js";
import { widenedType } from "./widened-column.js";

/** What is committed for a stream. */
interface SavedState {
  /** The stream's state in the form that the reference gives it. */
  readonly airbyte?: Json;
  /** The rows that a read from that state is given again, where rows may not come twice. */
  readonly repeated?: Json;
  /** A full read came to its end. */
  readonly complete?: true;
}

export interface ReadOptions {
  readonly runtimes: RuntimeSource;
  readonly log: Log;
}

/** Reads one stream of a manifest. */
export async function* readManifestStream(
  definition: () => Promise<Component>,
  request: ReadRequest,
  { runtimes, log }: ReadOptions,
): AsyncGenerator<Message, void> {
  const saved = (request.state ?? {}) as SavedState;
  const incremental = request.mode === "incremental";
  const component = await definition();
  if (!incremental && saved.complete === true) {
    yield { type: "checkpoint", state: request.state as Json };
    return;
  }
  const ended = new AbortController();
  const runtime = runtimes.runtime(AbortSignal.any([request.signal, ended.signal]));
  const stream = buildStream(component, runtime, {
    state: incremental ? airbyteState(saved) : pyDict(),
    maxBytes: runtimes.maxBytes,
    cursorField: request.cursorField,
    lookbackSeconds: request.lookback === undefined ? undefined : Math.ceil(request.lookback / 1000),
    selected: new Set(request.columns),
  });
  const repeated =
    incremental && request.rereads === "forbidden" ? repeatedRows(stream.cursor, saved.repeated) : undefined;
  // Rows that come again are known by their whole content here, which the batches' own memory of them is not told.
  const rows = rowBatches({ ...request, rereads: "merged" }, { log, boundary: undefined });
  let columns = request.stream.columns;
  let reached: PyDict | undefined;

  function checkpoint(): Message {
    if (!incremental) return { type: "checkpoint", state: { complete: true } };
    const airbyte = reached === undefined ? saved.airbyte : savedForm(toJson(reached));
    const state = { ...(airbyte === undefined ? {} : { airbyte }), ...repeatedState(repeated) };
    return { type: "checkpoint", state };
  }

  try {
    for await (const event of readStream(stream)) {
      request.signal.throwIfAborted();
      if (event.type === "record") {
        const { data, slice } = event.record;
        if (repeated?.isKnown(data, slice) === true) continue;
        repeated?.note(data, slice);
        const row = recordRow(data);
        const widened = widenedColumns(columns, row);
        if (widened !== undefined) {
          columns = widened;
          yield* rows.announce(columns);
        }
        yield* rows.add(row);
      } else if (incremental) {
        reached = event.state;
        if (!rows.checkpointIsDue()) continue;
        yield* rows.flush();
        yield checkpoint();
      }
    }
    request.signal.throwIfAborted();
    yield* rows.flush();
    yield checkpoint();
  } finally {
    ended.abort(new DOMException("the read has ended", "AbortError"));
  }
}

/** States of many partitions stay text on their way: as values they take ten times the memory, in each thread. */
const mostParsed = 64 * 1024;

function savedForm(json: string): Json {
  return json.length > mostParsed ? { exact: json } : exactState(parseJson(json));
}

function airbyteState({ airbyte }: SavedState): PyDict {
  const state = airbyte === undefined ? undefined : fromJson(stateText(airbyte));
  return isDict(state) ? state : pyDict();
}

function repeatedState(repeated: RepeatedRows | undefined): { readonly repeated?: Json } {
  return repeated === undefined ? {} : { repeated: repeated.state() };
}

/** The columns that hold a row, where one of them has to be wider for it. */
function widenedColumns(columns: readonly Column[], row: Row): readonly Column[] | undefined {
  let widened: Column[] | undefined;
  for (const [i, column] of columns.entries()) {
    const type = widenedType(column.type, row[column.name]);
    if (type === undefined) continue;
    widened ??= [...columns];
    widened[i] = { ...column, type };
  }
  return widened;
}
