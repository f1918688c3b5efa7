import { z } from "../../sdk/index.js";

export const formats = ["csv", "tsv", "json", "jsonl", "parquet", "arrow"] as const;
export type Format = (typeof formats)[number];

const csvOptions = z
  .strictObject({
    delimiter: z
      .string()
      .min(1)
      .max(4)
      .optional()
      .describe("Between two values; found from the first lines where absent"),
    quote: z.string().max(1).default('"').describe("Around a value; empty: no value is quoted"),
    escape: z.string().max(1).optional().describe("Before a quote inside a quoted value; default: the quote itself"),
    header: z.boolean().default(true).describe("Whether the first line names the columns"),
    columns: z.array(z.string().min(1)).optional().describe("Column names, in order, instead of the header's"),
    null_strings: z
      .array(z.string())
      .min(1)
      .default([""])
      .describe("Unquoted texts that mean NULL; a quoted one stays the text it is"),
    skip: z.int().min(0).default(0).describe("Lines to leave out before the header"),
    comment: z.string().max(1).optional().describe("Lines that begin with this character are left out"),
    ragged: z
      .enum(["error", "pad"])
      .default("error")
      .describe("What to do with a line that has too few values: stop, or fill up with NULL"),
    encoding: z
      .string()
      .default("auto")
      .describe("utf-8, utf-16le, utf-16be, latin1, windows-1252 and others; auto: by the byte order mark, else UTF-8"),
    max_line_bytes: z.int().min(1024).default(16_777_216).describe("The longest line accepted"),
  })
  .prefault({})
  .describe("How CSV and TSV files are written");

export type CsvOptions = z.output<typeof csvOptions>;

const jsonOptions = z
  .strictObject({
    records: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Where the records are in a document, e.g. data.items; default: the only array of objects at the top level",
      ),
    max_record_bytes: z.int().min(1024).default(67_108_864).describe("The longest record accepted"),
  })
  .prefault({})
  .describe("How JSON files are written");

export type JsonOptions = z.output<typeof jsonOptions>;

/** The settings of the file source. */
export const fileConfig = z.strictObject({
  path: z.string().min(1).describe("A file, a glob pattern or a folder; relative to the project's folder"),
  format: z.enum(formats).optional().describe("The format of every file; default: by extension, else by content"),
  streams: z
    .record(z.string().min(1), z.string().min(1))
    .optional()
    .describe("A stream's name to the glob pattern of its files, relative to path"),
  csv: csvOptions,
  json: jsonOptions,
  settle_seconds: z
    .number()
    .min(0)
    .default(2)
    .describe(
      "In incremental mode, a file is taken once it has not changed for this long; one still growing waits for the next run",
    ),
  changed_files: z
    .enum(["reload", "fail"])
    .default("reload")
    .describe(
      "In incremental mode, what to do with a file that was loaded and has changed since: load all its rows again, or stop",
    ),
});

export type FileConfig = z.output<typeof fileConfig>;
