import type { z } from "zod";
import type { ConnectorContext } from "../context.js";
import type { HttpOptions } from "../http/http.js";
import type { Reading, RowStream } from "./row-stream.js";

/**
 * A source in its short form: its streams are generators of plain rows. Packing, types, what is new in the middle of a
 * read, filters, rows given twice, retries and rates are not its author's concern.
 */
export interface RowSource<Config extends z.ZodType = z.ZodType> {
  readonly name: string;
  /** The name where absent. */
  readonly title?: string;
  /** What it takes of settings; `strictObject` refuses unknown ones. */
  readonly config: Config;
  /** How it speaks to its server: one client for all streams, so that they share rate and connections. */
  readonly http?: (config: z.output<Config>, context: ConnectorContext) => HttpOptions;
  /** Tries what a sync needs, throwing what is missing; absent: reads the first rows of the first stream. */
  readonly check?: (kit: SourceKit<z.output<Config>>) => Promise<unknown>;
  /** By name; a function where the streams depend on the settings or the server. */
  readonly streams:
    | Readonly<Record<string, RowStream<z.output<Config>>>>
    | ((kit: SourceKit<z.output<Config>>) => Promise<Readonly<Record<string, RowStream<z.output<Config>>>>>);
}

/** What `check` and `streams` are given. */
export type SourceKit<Config> = Pick<Reading<Config>, "http" | "config" | "log" | "signal"> & {
  readonly context: ConnectorContext;
};
