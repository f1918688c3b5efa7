import type { Format } from "../config.js";

export type Compression = "none" | "gzip" | "zstd";

/** One file as it stood when it was listed. */
export interface SourceFile {
  /** The path to open, absolute and without symbolic links. */
  readonly path: string;
  /** Its path relative to the folder the settings name, with forward slashes: its identity in states and its name in messages. */
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970, with what fraction the file system keeps. */
  readonly modified: number;
}

/** A file whose format is known. */
export interface DataFile extends SourceFile {
  readonly format: Format;
  readonly compression: Compression;
}
