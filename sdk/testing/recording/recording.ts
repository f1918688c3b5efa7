import type { JsonObject } from "../../json.js";

/** What a system answered to a connector, without its secrets: enough to stand for the system in tests. */
export interface Recording {
  /** The name of the source. */
  readonly connector: string;
  /** The settings it was recorded with; secrets have placeholders, the same as in requests and answers. */
  readonly config: JsonObject;
  /** Only these streams were tried; absent: all. */
  readonly streams?: readonly string[];
  /** An ISO instant. */
  readonly recordedAt: string;
  readonly exchanges: readonly RecordedExchange[];
}

/** A request and what was answered, as many times in a row as it says. */
export interface RecordedExchange {
  readonly request: RecordedRequest;
  readonly answer: RecordedAnswer;
  /** Once where absent. */
  readonly times?: number;
}

/** A request by what tells it from others; headers do not. */
export interface RecordedRequest {
  readonly method: string;
  /** Without its query. */
  readonly url: string;
  /** Values by name, in the order of names. */
  readonly query?: Readonly<Record<string, readonly string[]>>;
  /** As it was sent. */
  readonly body?: string;
}

export interface RecordedAnswer {
  readonly status: number;
  /** Those that say something of the data, such as `link` and `content-type`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as text, character by character, the compression of the transfer undone. */
  readonly body?: string;
  /** A body that is no text. */
  readonly body_base64?: string;
}
