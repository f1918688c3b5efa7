import type { Command } from "./command.js";
import type { Endpoint, Merge } from "./endpoint.js";
import type { HttpList } from "./http-list.js";

/** A program that moves rows: Sluice or a peer. */
export interface Mover {
  readonly name: string;
  readonly version: string;
  /** The whole table again; undefined where the program has no such path. */
  copy(from: Endpoint, to: Endpoint): Command | undefined;
  /** What has changed, by key; undefined where the program has no such path. */
  merge(from: Endpoint, to: Endpoint, merge: Merge): Command | undefined;
  /** Events with work done on the rows, by its name; absent where it is not asked of the program. */
  refine?(from: Endpoint, to: Endpoint, work: RowWork): Command | undefined;
  /** A list of an HTTP API into DuckDB; absent where the program has no such path. */
  load?(from: HttpList, to: Endpoint): Command;
  /** Where the rows stand afterwards, as a relation in DuckDB's SQL or a table in Postgres. */
  written(to: Endpoint): Endpoint;
}

/** What is done to events on their way: see `refinedLoad` and `rejectingLoad`. */
export type RowWork = "refine" | "reject";
