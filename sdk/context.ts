import type { Transport } from "./http/transport.js";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** A log line: a sentence and facts. Values of type Secret print as `[secret]`. */
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** What the engine gives a connector when it opens it. */
export interface ConnectorContext {
  /** Relative paths in a config are relative to this folder. */
  readonly projectDir: string;
  /** A scratch folder of this connector for this run; the engine removes it afterwards. */
  readonly workDir: string;
  /** Bytes this connector may hold at once: buffers, caches, an embedded engine. */
  readonly memoryBytes: number;
  readonly log: Log;
  /** Aborted when the run is cancelled: stop reading and waiting soon, throwing `signal.reason`. */
  readonly signal: AbortSignal;
  /** Stands between the connector's HTTP clients and their servers: records and replays in tests. */
  readonly tapHttp?: (transport: Transport) => Transport;
}
