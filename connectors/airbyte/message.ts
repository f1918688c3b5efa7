import type { Row } from "../../sdk/batch/pack.js";
import { type Line, lineStart } from "../../sdk/child/lines.js";
import { parseLine } from "../../sdk/child/parse-line.js";
import { DataError } from "../../sdk/errors.js";
import type { Json, JsonObject } from "../../sdk/json.js";

/** What a source writes, a JSON object a line (airbyte-protocol, v0/airbyte_protocol.yaml). What is not named here is passed over. */
export type AirbyteMessage =
  | { readonly type: "RECORD"; readonly record: AirbyteRecord }
  | { readonly type: "STATE"; readonly state: AirbyteState }
  | { readonly type: "LOG"; readonly log: { readonly level: string; readonly message: string } }
  | { readonly type: "TRACE"; readonly trace: Trace }
  | { readonly type: "CONTROL"; readonly control: { readonly connectorConfig?: { readonly config: JsonObject } } }
  | { readonly type: "CATALOG"; readonly catalog: { readonly streams: readonly AirbyteStream[] } }
  | { readonly type: "CONNECTION_STATUS"; readonly connectionStatus: ConnectionStatus };

export interface StreamDescriptor {
  readonly name: string;
  readonly namespace?: string | null;
}

export interface AirbyteRecord {
  readonly stream: string;
  readonly namespace?: string | null;
  readonly data: Row;
}

/** The state of one stream, of all of them together, or, as it once was, a document without a type. */
export interface AirbyteState {
  readonly type?: "STREAM" | "GLOBAL" | "LEGACY";
  readonly stream?: { readonly stream_descriptor: StreamDescriptor };
  readonly global?: unknown;
  readonly data?: unknown;
}

export interface Trace {
  readonly type: string;
  readonly error?: {
    readonly message: string;
    readonly internal_message?: string | null;
    readonly failure_type?: string;
  };
  readonly stream_status?: { readonly stream_descriptor: StreamDescriptor; readonly status: string };
}

export interface ConnectionStatus {
  readonly status: "SUCCEEDED" | "FAILED";
  readonly message?: string | null;
}

/** A stream of a catalog, as it stands there: it goes back to the source untouched. */
export type AirbyteStream = JsonObject & {
  readonly name: string;
  readonly namespace?: string | null;
  readonly json_schema: Json;
};

/**
 * The message on a line of stdout; undefined for what is no JSON object, which libraries print there.
 * @throws DataError `airbyte.bad_message` for a line that begins as a message and is none: it was torn
 */
export function messageOf(line: Line): AirbyteMessage | undefined {
  if (!lineStart(line, 200).trimStart().startsWith("{")) return undefined;
  try {
    return parseLine(line, ["record", "data"]) as AirbyteMessage;
  } catch (cause) {
    throw new DataError("airbyte.bad_message", `the source wrote a broken message: ${(cause as Error).message}`, {
      hint: "two threads of it may write at once, or it was cut; see the line with --log-level debug",
      row: lineStart(line, 200),
      cause,
    });
  }
}
