export type FileFormat = "csv" | "parquet" | "jsonl";

/** Where rows come from or go: a table or a file. */
export type Endpoint = PostgresEndpoint | DuckdbEndpoint | FileEndpoint;

export interface PostgresEndpoint {
  readonly kind: "postgres";
  readonly url: string;
  readonly schema: string;
  readonly table: string;
}

export interface DuckdbEndpoint {
  readonly kind: "duckdb";
  readonly path: string;
  readonly schema: string;
  readonly table: string;
}

/** One file, or as a target a folder that holds nothing else. */
export interface FileEndpoint {
  readonly kind: "file";
  readonly path: string;
  readonly format: FileFormat;
  readonly table: string;
}

/** How a key's newest version is found, for incremental loads that merge. */
export interface Merge {
  readonly key: string;
  readonly cursor: string;
  /** Where the changes begin, for tools that must be told. */
  readonly since: string | undefined;
}
