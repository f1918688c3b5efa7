import type { Command } from "./command.js";
import type { Endpoint, Merge } from "./endpoint.js";

/** A program that moves rows: Sluice or a peer. */
export interface Mover {
  readonly name: string;
  readonly version: string;
  /** The whole table again; undefined where the program has no such path. */
  copy(from: Endpoint, to: Endpoint): Command | undefined;
  /** What has changed, by key; undefined where the program has no such path. */
  merge(from: Endpoint, to: Endpoint, merge: Merge): Command | undefined;
  /** Where the rows stand afterwards, as a relation in DuckDB's SQL or a table in Postgres. */
  written(to: Endpoint): Endpoint;
}
