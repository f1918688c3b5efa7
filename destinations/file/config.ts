import { z } from "../../sdk/index.js";

export const formats = ["parquet", "csv", "jsonl"] as const;
export type Format = (typeof formats)[number];

export const config = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe("A folder, which gets one folder a table; or one file, ending in .parquet, .csv or .jsonl (.gz, .zst)"),
  format: z.enum(formats).optional().describe("Format of the data files; of a single file it is told by its ending"),
  compression: z
    .enum(["zstd", "snappy", "gzip", "none"])
    .optional()
    .describe("Parquet: zstd (default), snappy, gzip or none; CSV and JSON lines: none (default), gzip or zstd"),
  file_bytes: z
    .number()
    .int()
    .min(1024 * 1024)
    .default(256 * 1024 * 1024)
    .describe("A data file of a folder ends near this many bytes and the next one begins"),
  keep_replaced: z
    .number()
    .nonnegative()
    .default(3600)
    .describe("Seconds that replaced data files stay for readers that still hold them"),
  null_text: z
    .string()
    .default("")
    .describe(
      "CSV: how NULL is written, without quotes; a string that looks the same is quoted, so the two stay apart",
    ),
});

export type FileConfig = z.output<typeof config>;
