import { jsonText } from "../../sdk/batch/json-text.js";
import { stateText, stateValue } from "../../sdk/child/exact-state.js";
import type { Line } from "../../sdk/child/lines.js";
import type { Program } from "../../sdk/child/program.js";
import { type RowBatches, rowBatches } from "../../sdk/child/row-batches.js";
import { typedColumns } from "../../sdk/child/typed-columns.js";
import type { Log } from "../../sdk/context.js";
import { ConfigError, DataError } from "../../sdk/errors.js";
import type { Message } from "../../sdk/messages.js";
import type { ReadRequest } from "../../sdk/source.js";
import { type CatalogEntry, catalogWith, forcedMethod, nameOf, type Selection } from "./catalog.js";
import type { Config } from "./config.js";
import { messageOf, type TapMessage } from "./message.js";
import { savedState, type TapState } from "./state.js";

export interface Tap {
  readonly config: Config;
  readonly program: Program;
  readonly log: Log;
  readonly entries: readonly CatalogEntry[];
}

/** Runs the tap for one stream: its state is one document, and so only what one run said of one stream goes back to it. */
export async function* readTap(tap: Tap, request: ReadRequest): AsyncGenerator<Message, void> {
  const { stream, mode } = request;
  const entry = tap.entries.find((candidate) => nameOf(candidate) === stream.name);
  if (entry === undefined) {
    throw new ConfigError("stream.unknown", `the tap has no stream '${stream.name}'`, {
      stream: stream.name,
      hint: "`sluice discover` lists them",
    });
  }
  const saved = (request.state ?? {}) as TapState;
  if (saved.complete) {
    yield { type: "checkpoint", state: request.state! };
    return;
  }
  const incremental = mode === "incremental";
  const rows = rowBatches(request, { log: tap.log, boundary: saved.boundary });
  const names = new Set([stream.name, String(entry.stream)]);
  let state = saved.tap === undefined ? undefined : stateValue(saved.tap);
  let version = saved.version;

  function checkpoint(): Message {
    const boundary = rows.boundary();
    const rest = {
      ...(version === undefined ? {} : { version }),
      ...(boundary === undefined ? {} : { boundary }),
    };
    return { type: "checkpoint", state: incremental ? savedState({ tap: state, ...rest }) : { complete: true } };
  }

  for await (const lines of runTap(tap, request, saved)) {
    for (const line of lines) {
      const message = messageOf(line);
      switch (message?.type) {
        case "RECORD":
          if (!isOf(tap, names, message)) break;
          version = message.version ?? version;
          yield* rows.add(message.record);
          break;
        case "SCHEMA":
          if (isOf(tap, names, message)) yield* announced(rows, message, request, tap.config);
          break;
        case "STATE":
          state = message.value;
          if (!incremental || !rows.checkpointIsDue()) break;
          yield* rows.flush();
          yield checkpoint();
          break;
        case "ACTIVATE_VERSION":
          if (isOf(tap, names, message)) refuseOtherVersion(request, saved, message.version);
          break;
        case "BATCH":
          throw new ConfigError("singer.batch", `the tap gives stream '${stream.name}' as BATCH files`, {
            stream: stream.name,
            hint: "take batch_config out of the tap's config: then it gives records",
          });
      }
    }
  }
  yield* rows.flush();
  yield checkpoint();
}

async function* runTap(tap: Tap, request: ReadRequest, saved: TapState): AsyncGenerator<readonly Line[]> {
  yield* tap.program.run({
    signal: request.signal,
    async args(config, folder) {
      const catalog = catalogWith(tap.entries, request.stream.name, selectionOf(tap, request));
      const catalogPath = await folder.write("catalog.json", jsonText(catalog));
      const state = saved.tap === undefined ? [] : ["--state", await folder.write("state.json", stateText(saved.tap))];
      return ["--config", config, tap.config.catalog_option, catalogPath, ...state];
    },
  });
}

function selectionOf({ entries }: Tap, { stream, mode, columns, filter = [], cursorField }: ReadRequest): Selection {
  const entry = entries.find((candidate) => nameOf(candidate) === stream.name)!;
  const forced = forcedMethod(entry);
  const cursor = mode === "incremental" ? (cursorField ?? stream.cursorFields[0]) : undefined;
  const needed = filter.map(({ column }) => column);
  return {
    columns: new Set([...columns, ...needed, ...stream.primaryKey, ...(cursor === undefined ? [] : [cursor])]),
    method: mode === "full_refresh" ? "FULL_TABLE" : (forced ?? "INCREMENTAL"),
    cursor,
  };
}

/** Whether a message is of the stream that is read. One of no stream of the catalog must not be lost without a word. */
function isOf(
  { entries }: Tap,
  names: ReadonlySet<string>,
  { stream }: TapMessage & { readonly stream: string },
): boolean {
  if (names.has(stream)) return true;
  if (entries.some((entry) => nameOf(entry) === stream || entry.stream === stream)) return false;
  throw new DataError("singer.unknown_stream", `the tap gives stream '${stream}', which is not in its catalog`, {
    stream,
    hint: "give catalog: a file that has it",
  });
}

function* announced(
  rows: RowBatches,
  { schema }: Extract<TapMessage, { type: "SCHEMA" }>,
  { stream: { name, primaryKey } }: ReadRequest,
  { types }: Config,
): Generator<Message, void> {
  yield* rows.announce(typedColumns(schema, { stream: name, notNull: primaryKey, types }));
}

/** A new version means that the rows of the old one are no more: only a table built anew can follow. */
function refuseOtherVersion({ mode, stream: { name } }: ReadRequest, { version }: TapState, activated: number): void {
  if (mode !== "incremental" || version === undefined || version === activated) return;
  throw new ConfigError("singer.new_version", `the tap has begun stream '${name}' anew, as version ${activated}`, {
    stream: name,
    hint: `rows of version ${version} may be gone at the source: sluice sync --full-refresh --stream ${name}`,
  });
}
