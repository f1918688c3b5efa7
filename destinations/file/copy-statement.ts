import { join } from "node:path";
import { type Column, type ColumnType, scalar } from "../../sdk/index.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import type { Duck } from "./duck.js";
import type { FileFormat } from "./format.js";

export interface PartsOptions {
  readonly duck: Duck;
  readonly format: FileFormat;
  /** Where the files go; made with the first one. */
  readonly folder: string;
  /** Ends every file's name. */
  readonly tag: string;
  /** A Parquet part is split into files of about this size; undefined: one file a part. */
  readonly fileBytes: number | undefined;
  /** Bytes a group of rows may take in memory before it is written. */
  readonly rowGroupBytes: number;
  /** Marks every row with this load. */
  readonly loadId: number | undefined;
  /** Formats without a frame: every part but part 0 is written so that it can be laid after the one before. */
  readonly endToEnd: boolean;
  /** The number of the first part. */
  readonly firstPart: number;
}

export const loadIdColumn: Column = { name: "_sluice_load_id", type: scalar("int64"), nullable: false };

interface Part {
  /** Begins the names of its files: `part-3-`. */
  readonly prefix: string;
  /** What stands after FROM. */
  readonly relation: string;
  readonly columns: readonly Column[];
  /** Whether the rows stay in the relation's order. */
  readonly ordered: boolean;
}

/** The COPY of a relation into the files of one part, and the columns these have. */
export function copyStatement(
  options: PartsOptions,
  { prefix, relation, columns, ordered }: Part,
): { sql: string; columns: readonly Column[] } {
  const { format, folder, tag, loadId, fileBytes } = options;
  const marked = loadId === undefined ? columns : [...columns, loadIdColumn];
  const mark = loadId === undefined ? [] : [`CAST(${loadId} AS BIGINT) AS ${quoteIdentifier(loadIdColumn.name)}`];
  const given = [...columns.map(({ name }) => quoteIdentifier(name)), ...mark].join(", ");
  const rows = `SELECT ${format.select(marked)} FROM (SELECT ${given} FROM ${relation})`;
  const tail = options.endToEnd && prefix !== "part-0-" ? format.tailOptions : undefined;
  const copy = [...(tail ?? format.options)];
  // DuckDB counts a row group's bytes only where rows may change their order.
  if (format.name === "parquet" && !ordered) copy.push(`ROW_GROUP_SIZE_BYTES ${options.rowGroupBytes}`);
  // DuckDB's dictionaries take 0 and -0 for one value.
  if (format.name === "parquet" && columns.some(({ type }) => isFloat(type))) copy.push("DICTIONARY_SIZE_LIMIT 0");
  let place = join(folder, `${prefix}0-${tag}${format.extension}`);
  if (format.name === "parquet" && fileBytes !== undefined) {
    place = folder;
    copy.push(
      `FILE_SIZE_BYTES ${fileBytes}`,
      `FILENAME_PATTERN ${quoteLiteral(`${prefix}{i}-${tag}`)}`,
      "OVERWRITE_OR_IGNORE",
    );
  }
  return { sql: `COPY (${rows}) TO ${quoteLiteral(place)} (${copy.join(", ")})`, columns: marked };
}

function isFloat(type: ColumnType): boolean {
  return type.kind === "list" ? isFloat(type.item) : type.kind === "float32" || type.kind === "float64";
}

/**
 * What a row group may take: two threads fill one each, and hold it written as well; Parquet's usual 128 MiB at most. By default
 * it is 21 MiB, which holds the 122,880 rows of DuckDB's own row groups of most tables: smaller ones cost more time.
 */
export function rowGroupBytes(memoryBytes: number): number {
  const mebibytes = Math.floor(memoryBytes / 9 / 1024 ** 2);
  return Math.max(1, Math.min(128, mebibytes)) * 1024 ** 2;
}
