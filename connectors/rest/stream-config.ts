import { parseType, z } from "../../sdk/index.js";
import { duration } from "./duration.js";
import { paginateConfig } from "./paginate-config.js";

const columnType = z.string().superRefine((text, context) => {
  try {
    parseType(text);
  } catch {
    context.addIssue({
      code: "custom",
      message: `'${text}' is no type`,
      params: { hint: "types are int64, timestamp, decimal(12,2), string, json, …" },
    });
  }
});

const cursorConfig = z.strictObject({
  field: z.string().describe("The column whose order says what is new"),
  param: z
    .string()
    .optional()
    .describe("The parameter for `changed since`; without it everything is read and what is old left out here"),
  until_param: z.string().optional().describe("The parameter for the end of a window of time"),
  start: z.string().optional().describe("Where the first read begins"),
  step: duration.optional().describe("How long a window of time is, such as 30d; needs until_param and start"),
  granularity: duration.default(1000).describe("The smallest difference between two times of the server"),
  format: z
    .enum(["as_is", "iso", "date", "unix", "unix_ms"])
    .default("as_is")
    .describe("How the parameters are written; as_is: as the column has it"),
  order: z
    .enum(["any", "ascending"])
    .default("any")
    .describe("ascending: records come in the order of the cursor, so that an interrupted read goes on where it was"),
});

/** One list of an API. */
export const streamConfig = z.strictObject({
  path: z.string().describe("Path behind base_url; {parent.id} stands for a field of the parent's record"),
  method: z.enum(["GET", "POST"]).default("GET").describe("The method"),
  query: z.record(z.string(), z.json()).default({}).describe("Parameters of every request"),
  headers: z.record(z.string(), z.string()).default({}).describe("Headers of every request"),
  json: z.record(z.string(), z.json()).optional().describe("The JSON body of every request"),
  records: z
    .string()
    .optional()
    .describe("Path of the records in the answer, such as data.items; absent: its only list"),
  format: z.enum(["json", "jsonl", "csv", "xml"]).default("json").describe("What the answer is made of"),
  unpack: z.enum(["gzip", "zip"]).optional().describe("The answer is a packed file"),
  delimiter: z.string().length(1).optional().describe("Of CSV"),
  primary_key: z.array(z.string()).default([]).describe("The columns whose values together name a record"),
  columns: z
    .record(z.string(), columnType)
    .default({})
    .describe("Types of columns; all others are inferred from their values"),
  paginate: paginateConfig.optional().describe("How the next page is asked for; absent: there is only one"),
  cursor: cursorConfig.optional().describe("How what is new is found"),
  parent: z
    .strictObject({
      stream: z.string().describe("The stream that has a list for each of its records"),
      key: z.string().default("id").describe("Path of what names a record of it"),
      include: z.record(z.string(), z.string()).default({}).describe("Columns taken over from it: name to path"),
      concurrency: z.int().min(1).max(64).default(4).describe("Lists read at once"),
    })
    .optional()
    .describe("The list is read once for each record of another stream"),
});

export type StreamConfig = z.output<typeof streamConfig>;
export type CursorConfig = z.output<typeof cursorConfig>;
