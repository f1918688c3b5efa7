import { createHash } from "node:crypto";
import { type Column, DataError, formatType, type Json, parseType, z } from "../../../sdk/index.js";
import { formats } from "../config.js";

const json = z.json() as z.ZodType<Json>;
const count = z.number().int().nonnegative();

/** One immutable data file. `path` is relative to the table's folder; `schema` names its columns in the log. */
const dataFile = z.object({ path: z.string(), bytes: count, rows: count, schema: z.string() });
export type DataFile = z.output<typeof dataFile>;

const column = z.object({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  id: z.string().optional(),
  native: z.object({ system: z.string(), type: z.string() }).optional(),
});
export type LoggedColumn = z.output<typeof column>;

/** How a set of data files was written: enough to read them, whatever the destination's settings are today. */
const fileSchema = z.object({
  format: z.enum(formats),
  /** CSV: how NULL is written. */
  null_text: z.string(),
  columns: z.array(column),
  /** How many renames of the table's columns came before; absent means none. Later ones give `columns` their names of today. */
  renames: count.optional(),
});
export type FileSchema = z.output<typeof fileSchema>;

/** Rejected rows of one load, or what a purge or a replay has left of them: an immutable Parquet file. */
const quarantineFile = z.object({
  path: z.string(),
  bytes: count,
  rows: count,
  connection: z.string(),
  stream: z.string(),
  load_id: count,
});
export type QuarantineFile = z.output<typeof quarantineFile>;

const rename = z.object({ from: z.string(), to: z.string() });

const driftRecord = z.object({
  entity: z.enum(["tables", "columns", "types", "nullability"]),
  column_name: z.string().optional(),
  change: z.string(),
  decision: z.string(),
});

const ledger = z.object({
  run_id: z.string(),
  started_at: z.string(),
  state_before: json.optional(),
  read: count,
  written: count,
  filtered: count,
  deduplicated: count,
  quarantined: count,
  bytes: count,
});
export type LoggedLedger = z.output<typeof ledger>;

/** What a load makes of a child table; paths are relative to that table's folder, which has no log of its own. */
const childChange = z.object({
  add: z.array(dataFile),
  remove: z.array(z.string()),
  columns: z.array(column).optional(),
  schemas: z.record(z.string(), fileSchema),
  renames: z.array(rename).optional(),
});

/**
 * What one entry of the log says, beside its place in the log:
 *
 * - `fence`: a writer took the stream over; entries with an older epoch are refused from here on.
 * - `commit`: one load whose files become visible.
 * - `build`: one load of an overwrite that is not done: counted, but its files and its state wait for the publish.
 * - `publish`: the last load of an overwrite: `add` is the whole table, `remove` what it replaces.
 * - `state`: the state was set from outside; absent means forgotten.
 * - `release`: the stream's state went on in another table's log.
 * - `drift`: schema decisions that no load carries.
 * - `purge`: rejected rows were removed for good; it is no entry of a stream, whose name may be empty.
 */
const body = z.object({
  kind: z.enum(["fence", "commit", "build", "publish", "state", "release", "purge", "drift"]),
  connection: z.string(),
  stream: z.string(),
  epoch: count,
  load_id: count.optional(),
  state: json.optional(),
  schema_hash: z.string().optional(),
  ledger: ledger.optional(),
  add: z.array(dataFile).optional(),
  remove: z.array(z.string()).optional(),
  /** The target's own columns from here on. */
  columns: z.array(column).optional(),
  /** How data files were written, by the name that `add` uses. */
  schemas: z.record(z.string(), fileSchema).optional(),
  /** Columns that are renamed, one after the other, before `columns` holds. */
  renames: z.array(rename).optional(),
  /** Files of rejected rows that are there from here on, and paths of those that are not any more. */
  quarantine: z.array(quarantineFile).optional(),
  quarantine_removed: z.array(z.string()).optional(),
  /** The schema decisions made for the load. */
  drift: z.array(driftRecord).optional(),
  /** By table: what becomes of child tables with this load. */
  children: z.record(z.string(), childChange).optional(),
});
export type EntryBody = z.output<typeof body>;
/** What a load makes of one table. */
export type TableChange = z.output<typeof childChange>;

const entry = body.extend({
  version: z.literal(1),
  id: z.string(),
  seq: count,
  /** SHA-256 of the entry before, so that a lost or changed entry is noticed; null in the first. */
  prev: z.string().nullable(),
  at: z.string(),
  schema: z.string().nullable(),
  table: z.string(),
});
export type LogEntry = z.output<typeof entry>;

/** The entry in a log file. @throws DataError `log.corrupt` naming the file */
export function parseEntry(text: string, path: string): LogEntry {
  return parseLogged(entry, text, path);
}

/** Parses one JSON file of the log by its schema. @throws DataError `log.corrupt` naming the file */
export function parseLogged<Shape>(shape: z.ZodType<Shape>, text: string, path: string): Shape {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new DataError("log.corrupt", `the commit log file ${path} cannot be read`, {
      cause,
      hint: "restore the table's folder from a backup, or remove it and load the table again",
    });
  }
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function loggedColumn({ name, type, nullable, id, native }: Column): LoggedColumn {
  return {
    name,
    type: formatType(type),
    nullable,
    ...(id === undefined ? {} : { id }),
    ...(native === undefined ? {} : { native: { ...native } }),
  };
}

export function columnOf({ name, type, nullable, id, native }: LoggedColumn): Column {
  return {
    name,
    type: parseType(type),
    nullable,
    ...(id === undefined ? {} : { id }),
    ...(native === undefined ? {} : { native }),
  };
}

export const shapes = { dataFile, column, fileSchema, quarantineFile, rename, json, count };
