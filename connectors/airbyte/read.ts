import { jsonText } from "../../sdk/batch/json-text.js";
import { exactState, stateText } from "../../sdk/child/exact-state.js";
import { rowBatches } from "../../sdk/child/row-batches.js";
import { ConfigError, TransientError } from "../../sdk/errors.js";
import type { Json } from "../../sdk/json.js";
import type { Message } from "../../sdk/messages.js";
import type { Stream } from "../../sdk/schema/stream.js";
import type { ReadRequest } from "../../sdk/source.js";
import { configuredCatalog, isOf } from "./catalog.js";
import type { AirbyteRecord, AirbyteState, AirbyteStream } from "./message.js";
import { type AirbyteProgram, runCommand } from "./run-command.js";

/** What is committed for a stream. */
interface SavedState {
  /** What the source gets back by `--state`, whole and untouched. */
  readonly airbyte?: Json;
  /** The rows at the source's cursor, where rows may not come twice. */
  readonly boundary?: Json;
  /** A full read came to its end. */
  readonly complete?: true;
}

/** Runs the source for one stream. */
export async function* readAirbyte(
  airbyte: AirbyteProgram,
  found: AirbyteStream,
  request: ReadRequest,
): AsyncGenerator<Message, void> {
  const saved = (request.state ?? {}) as SavedState;
  if (saved.complete) {
    yield { type: "checkpoint", state: request.state! };
    return;
  }
  const { stream } = request;
  const incremental = request.mode === "incremental";
  const rows = rowBatches(request, { log: airbyte.log, boundary: saved.boundary });
  let state = saved.airbyte;
  let status = "";

  function checkpoint(): Message {
    const boundary = rows.boundary();
    const reached = {
      ...(state === undefined ? {} : { airbyte: state }),
      ...(boundary === undefined ? {} : { boundary }),
    };
    return { type: "checkpoint", state: incremental ? reached : { complete: true } };
  }

  for await (const message of runRead(airbyte, { found, request, saved })) {
    switch (message.type) {
      case "RECORD":
        requireOwn(stream, message.record);
        yield* rows.add(message.record.data);
        break;
      case "STATE":
        if (!incremental || isOfAnother(stream, message.state)) break;
        state = fileOf(message.state);
        if (!rows.checkpointIsDue()) break;
        yield* rows.flush();
        yield checkpoint();
        break;
      case "TRACE":
        if (message.trace.stream_status && isOf(stream, message.trace.stream_status.stream_descriptor)) {
          status = message.trace.stream_status.status;
        }
        break;
    }
  }
  // Sources that tell how their streams fare say COMPLETE of each that did; those that tell nothing have their exit code.
  if (status !== "" && status !== "COMPLETE") throw incomplete(stream, status);
  yield* rows.flush();
  yield checkpoint();
}

interface OneRead {
  readonly found: AirbyteStream;
  readonly request: ReadRequest;
  readonly saved: SavedState;
}

function runRead(airbyte: AirbyteProgram, { found, request, saved }: OneRead) {
  return runCommand(airbyte, {
    signal: request.signal,
    async args(config, folder) {
      const catalog = await folder.write("catalog.json", jsonText(configuredCatalog(found, request)));
      const state =
        saved.airbyte === undefined ? [] : ["--state", await folder.write("state.json", stateText(saved.airbyte))];
      return ["read", "--config", config, "--catalog", catalog, ...state];
    },
  });
}

/** What `--state` takes: a list of the messages, but for the old form, which is the document itself. */
function fileOf({ type, stream, global, data }: AirbyteState): Json {
  if (type === "STREAM") return exactState([{ type, stream }]);
  return type === "GLOBAL" ? exactState([{ type, global }]) : exactState(data);
}

function isOfAnother(stream: Stream, { type, stream: own }: AirbyteState): boolean {
  return type === "STREAM" && own !== undefined && !isOf(stream, own.stream_descriptor);
}

function requireOwn(stream: Stream, { stream: name, namespace }: AirbyteRecord): void {
  if (isOf(stream, { name, namespace: namespace ?? null })) return;
  throw new ConfigError(
    "airbyte.other_stream",
    `the source gave records of '${name}' while '${stream.name}' was asked for`,
    {
      stream: stream.name,
      hint: "it does not keep to the catalog it is given",
    },
  );
}

function incomplete({ name }: Stream, status: string): TransientError {
  return new TransientError("airbyte.incomplete", `the source ended, and said of stream '${name}' only ${status}`, {
    stream: name,
    hint: "see its log with --log-level debug",
  });
}
