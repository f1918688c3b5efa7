import type { ConnectorContext } from "../../sdk/index.js";
import type { Catalog } from "./catalog.js";
import type { FileConfig } from "./config.js";
import type { Duck } from "./duck.js";
import type { FileFormat } from "./format.js";

/** What the parts of an opened destination share. */
export interface Session {
  readonly config: FileConfig;
  readonly context: ConnectorContext;
  /** The folder of the destination, or of its one file; absolute. */
  readonly root: string;
  readonly format: FileFormat;
  readonly catalog: Catalog;
  /** The embedded DuckDB of one writer, or of one query; a writer of child tables has two, which share the memory. */
  openDuck(share?: "whole" | "part"): Promise<Duck>;
}
