import type { Column, ColumnType, ConnectorContext, Message, ReadRequest } from "../../sdk/index.js";
import type { FileConfig } from "./config.js";
import type { Engine } from "./engine.js";
import type { DataFile } from "./files/source-file.js";
import type { TextEvidence } from "./text/text-evidence.js";

/** What one file says about a column: a type it declares, or what its values have shown. */
export type ColumnEvidence =
  | { readonly name: string; readonly declared: ColumnType; readonly nullable: boolean }
  | { readonly name: string; readonly values: TextEvidence; readonly nullable: boolean };

/** What a reader works with while its source is open. */
export interface ReaderContext {
  readonly config: FileConfig;
  readonly context: ConnectorContext;
  /** The embedded DuckDB of this source, opened when it is first needed. */
  engine(): Promise<Engine>;
}

export interface FileReadRequest {
  /** The stream's columns, as discovered. */
  readonly columns: readonly Column[];
  readonly request: ReadRequest;
}

/** One format: what a file of it holds, and its rows. */
export interface FileReader {
  /** `sampleRows`: how many rows may stand for the file; undefined: every value is looked at. */
  inspect(file: DataFile, sampleRows: number | undefined): Promise<readonly ColumnEvidence[]>;
  /** The bytes of a row on average, where the file says so; elsewhere the length of its lines tells. */
  rowBytes?(file: DataFile): Promise<number>;
  /** The rows as batches or one scan; a value that its column's type cannot hold exactly is the DataError `type.mismatch`. */
  read(file: DataFile, read: FileReadRequest): AsyncIterable<Message>;
}
