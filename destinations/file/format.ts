import type { Column, ColumnType } from "../../sdk/index.js";
import { quoteIdentifier, quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import { duckType } from "../../sdk/sql/duckdb/types.js";
import type { Format } from "./config.js";
import { fromText, timestampText } from "./exact-text.js";
import { jsonLine, jsonText } from "./json-text.js";
import { literalPath } from "./layout.js";

export type Compression = "zstd" | "snappy" | "gzip" | "none";

/** How rows become the bytes of a file and how they are read back, in DuckDB's SQL. */
export interface FileFormat {
  readonly name: Format;
  /** With the dot: `.parquet`, `.csv.gz`. */
  readonly extension: string;
  /** What stands between SELECT and FROM, given a relation with these columns. */
  select(columns: readonly Column[]): string;
  /** Options of COPY. */
  readonly options: readonly string[];
  /** Whether files with this format can be laid end to end, the later ones written with `tailOptions`. */
  readonly tailOptions: readonly string[] | undefined;
  /**
   * A SELECT of these columns, by name and type, over files (at least one) that were written with them. `fileColumn`
   * names one more column, with the path a row is from; only Parquet has it.
   */
  read(paths: readonly string[], columns: readonly Column[], fileColumn?: string): string;
}

interface FormatSettings {
  readonly format: Format;
  readonly compression: Compression | undefined;
  readonly nullText: string;
}

export function fileFormat({ format, compression, nullText }: FormatSettings): FileFormat {
  switch (format) {
    case "parquet":
      return parquet(compression ?? "zstd");
    case "csv":
      return csv(textCompression(compression), nullText);
    case "jsonl":
      return jsonLines(textCompression(compression));
  }
}

function parquet(compression: Compression): FileFormat {
  return {
    name: "parquet",
    extension: ".parquet",
    select: (columns) => columns.map(readable).join(", "),
    options: ["FORMAT parquet", `COMPRESSION ${compression === "none" ? "uncompressed" : compression}`],
    tailOptions: undefined,
    read(paths, columns, fileColumn) {
      const names = [...columns.map(({ name }) => name), ...(fileColumn === undefined ? [] : [fileColumn])];
      const file = fileColumn === undefined ? "" : `, filename = ${quoteLiteral(fileColumn)}`;
      return `SELECT ${names.map(quoteIdentifier).join(", ")} FROM read_parquet(${pathList(paths)}, hive_partitioning = false${file})`;
    },
  };
}

/** One JSON value that DuckDB's reader refuses (half a surrogate pair) would make the whole file unreadable. */
function readable({ name, type }: Column): string {
  const value = quoteIdentifier(name);
  if (type.kind !== "json") return value;
  const refusal = quoteLiteral(`column '${name}' holds JSON that cannot be read back: `);
  return `CASE WHEN ${value} IS NULL OR ${canBeRead(value)} THEN ${value} ELSE error(${refusal} || left(${value}::VARCHAR, 80)) END AS ${value}`;
}

/** Above it a text is not parsed to be judged: that takes five times its length in memory. */
const longText = 1024 ** 2;

/** JSON whose escapes are characters: surrogates stand in pairs. Whether it is JSON has been seen to where it was read. */
const wholeEscapes = String.raw`(?:[^\\]|\\[^u]|\\u(?:[^dD]|[dD][0-7])..|\\u[dD][89abAB]..\\u[dD][c-fC-F]..)*`;

function canBeRead(value: string): string {
  return `CASE WHEN strlen(${value}) > ${longText} THEN regexp_full_match(${value}, ${quoteLiteral(wholeEscapes)}, 's') ELSE json_valid(${value}) END`;
}

/**
 * RFC 4180 with a header, DuckDB's text of every value, lists as JSON, binary in Base64. A NULL is `nullText` without
 * quotes; a string that looks the same is quoted, and so is the empty string: the two never mix.
 */
function csv(compression: TextCompression, nullText: string): FileFormat {
  const written = ({ name, type }: Column) => {
    const value = quoteIdentifier(name);
    if (type.kind === "binary") return `to_base64(${value}) AS ${value}`;
    if (type.kind === "timestamp") return `${timestampText(value)} AS ${value}`;
    if (type.kind === "list") return `${jsonText(type, value)} AS ${value}`;
    return type.kind === "json" ? `CAST(${value} AS VARCHAR) AS ${value}` : value;
  };
  const options = (header: boolean) => [
    "FORMAT csv",
    `HEADER ${header}`,
    "DELIMITER ','",
    "QUOTE '\"'",
    "ESCAPE '\"'",
    `NULLSTR ${quoteLiteral(nullText)}`,
    `COMPRESSION ${compression.name}`,
  ];
  return {
    name: "csv",
    extension: `.csv${compression.extension}`,
    select: (columns) => columns.map(written).join(", "),
    options: options(true),
    tailOptions: options(false),
    read(paths, columns) {
      const types = columns.map(({ name }) => `${quoteLiteral(name)}: 'VARCHAR'`).join(", ");
      const reader = [
        pathList(paths),
        "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', allow_quoted_nulls = false",
        `nullstr = ${quoteLiteral(nullText)}, columns = {${types}}`,
      ];
      return `SELECT ${columns.map(readBack).join(", ")} FROM read_csv(${reader.join(", ")})`;
    },
  };
}

function jsonLines(compression: TextCompression): FileFormat {
  // The lines are made by `jsonLine`; the CSV writer without quotes only puts them under each other.
  const options = [
    "FORMAT csv",
    "HEADER false",
    "QUOTE ''",
    "ESCAPE ''",
    "NULLSTR ''",
    `COMPRESSION ${compression.name}`,
  ];
  // What stands in a JSON string and is no string, DuckDB would read its own way.
  const readers: Partial<Record<ColumnType["kind"], string>> = {
    binary: "VARCHAR",
    timestamp: "VARCHAR",
    list: "JSON",
  };
  return {
    name: "jsonl",
    extension: `.jsonl${compression.extension}`,
    select: (columns) => `${jsonLine(columns)} AS line`,
    options,
    tailOptions: options,
    read(paths, columns) {
      const types = columns.map(({ name, type }) => {
        return `${quoteLiteral(name)}: ${quoteLiteral(readers[type.kind] ?? duckType(type))}`;
      });
      const select = columns.map((column) =>
        column.type.kind in readers ? readBack(column) : quoteIdentifier(column.name),
      );
      const reader = `format = 'newline_delimited', columns = {${types.join(", ")}}`;
      return `SELECT ${select.join(", ")} FROM read_json(${pathList(paths)}, ${reader})`;
    },
  };
}

function readBack({ name, type }: Column): string {
  const value = quoteIdentifier(name);
  return `${fromText(type, value)} AS ${value}`;
}

interface TextCompression {
  readonly name: "none" | "gzip" | "zstd";
  readonly extension: string;
}

function textCompression(compression: Compression | undefined): TextCompression {
  if (compression === "gzip") return { name: "gzip", extension: ".gz" };
  if (compression === "zstd") return { name: "zstd", extension: ".zst" };
  return { name: "none", extension: "" };
}

function pathList(paths: readonly string[]): string {
  return `[${paths.map((path) => quoteLiteral(literalPath(path))).join(", ")}]`;
}
