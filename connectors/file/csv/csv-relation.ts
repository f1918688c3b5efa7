import { quoteLiteral } from "../../../sdk/sql/duckdb/identifiers.js";
import type { CsvOptions } from "../config.js";
import type { DataFile } from "../files/source-file.js";
import type { CsvLayout } from "./csv-layout.js";

/** What DuckDB holds of a file per thread: its default, and for a look at the first lines. */
const bufferBytes = { whole: 33_554_432, sample: 4_194_304 };

/** The name of a file's i-th column inside the relation: the user's names appear only in the outermost SELECT. */
export function csvColumn(index: number): string {
  return `c${index}`;
}

export interface CsvRelationOptions {
  readonly part?: "whole" | "sample";
  /** The DuckDB types of the columns, in order; VARCHAR where there is none. */
  readonly types?: readonly (string | undefined)[];
}

/**
 * A CSV file as a relation in DuckDB's SQL, a column of VARCHAR with exactly the text of the file: nothing is sniffed, so
 * that no line is taken for a header, a comment or a preamble that the settings did not name. Of other types DuckDB takes
 * many a text for a value that is written otherwise.
 */
export function csvRelation(
  file: DataFile,
  layout: CsvLayout,
  options: CsvOptions,
  { part = "whole", types = [] }: CsvRelationOptions = {},
): string {
  const longestLine =
    part === "whole" ? options.max_line_bytes : Math.min(options.max_line_bytes, bufferBytes.sample / 2);
  const columns = layout.names.map((_, index) => `${csvColumn(index)}: '${types[index] ?? "VARCHAR"}'`);
  const compression = file.compression === "none" ? "none" : file.compression;
  const settings: Record<string, string> = {
    auto_detect: "false",
    columns: `{${columns.join(", ")}}`,
    header: String(options.header),
    skip: String(options.skip),
    delim: quoteLiteral(layout.delimiter),
    quote: quoteLiteral(layout.quote),
    escape: quoteLiteral(layout.escape),
    nullstr: `[${options.null_strings.map(quoteLiteral).join(", ")}]`,
    allow_quoted_nulls: "false",
    compression: quoteLiteral(compression),
    max_line_size: String(longestLine),
    buffer_size: String(Math.max(bufferBytes[part], longestLine * 2)),
    hive_partitioning: "false",
    ...(options.comment === undefined ? {} : { comment: quoteLiteral(options.comment) }),
    // DuckDB pads only where one thread reads: several could not tell a short line from a quoted line break.
    ...(options.ragged === "pad" ? { null_padding: "true", parallel: "false" } : {}),
  };
  const list = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return `read_csv(${quoteLiteral(escapeGlob(file.path))}, ${list.join(", ")})`;
}

/** DuckDB takes `*`, `?` and `[` in a path for a pattern; each in brackets stands for itself. */
export function escapeGlob(path: string): string {
  return path.replaceAll(/[*?[]/g, "[$&]");
}
