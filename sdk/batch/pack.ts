import { DataError, type ErrorDetails } from "../errors.js";
import { type JsonRecords, jsonRecord } from "../json/json-records.js";
import { formatType } from "../schema/column-type.js";
import type { Column } from "../schema/stream.js";
import { appendMember, endOfStretch, nullRefused } from "./append-records.js";
import { type Batch, type BatchLimits, defaultBatchLimits } from "./batch.js";
import { isMisfit, type Misfit, shown } from "./misfit.js";
import { valueWriter } from "./value-writer.js";

/** A row as connector authors write it: values by column name. A key that is missing is null. */
export type Row = Readonly<Record<string, unknown>>;

export interface PackOptions {
  readonly limits?: BatchLimits;
  /** For messages: the stream, and the columns that name a row. */
  readonly stream?: string;
  readonly primaryKey?: readonly string[];
  /** Called with a key that is no column; without it such a key is an error. */
  readonly onUnknownKey?: (key: string, value: unknown) => void;
}

/** Turns rows into batches of fixed columns. */
export interface Packer {
  /** Takes a row; returns the batch that it filled, if it filled one. */
  add(row: Row): Batch | undefined;
  /**
   * Takes records that stand in JSON text, from the position given on, until all are taken or a batch is full: then more
   * of them may be left. Keys that are no column are passed over.
   */
  addRecords(records: JsonRecords, from: number): { readonly next: number; readonly batch: Batch | undefined };
  /** The rows that are left, as a batch; undefined where there are none. */
  flush(): Batch | undefined;
}

/**
 * Packs plain objects into columns. A value stands in its column exactly as given, or it is an error; each type takes:
 *
 * | type | values |
 * |---|---|
 * | boolean | true, false |
 * | int16, int32, int64 | safe integers, bigints, decimal text |
 * | float32, float64 | numbers; bigints and decimal text that the float holds |
 * | decimal | numbers by their shortest text, bigints, decimal text |
 * | string | text; everything else as its canonical text |
 * | binary | Uint8Array, ArrayBuffer |
 * | date | `2024-02-29`; a Date at midnight UTC |
 * | time | `23:59:59.999999` |
 * | timestamp | a Date; ISO text with its zone |
 * | datetime | ISO text without zone |
 * | uuid | text; 16 bytes |
 * | json | anything JSON has a form for; `RawJson` as it stands |
 * | list | arrays |
 *
 * Wherever a number is taken, so is `RawJson`. After an error the packer is of no more use.
 * @throws DataError `value.*` naming stream, column and row
 */
export function createPacker(columns: readonly Column[], options: PackOptions = {}): Packer {
  const limits = options.limits ?? defaultBatchLimits;
  const fields = columns.map((column) => ({ column, writer: valueWriter(column.type) }));
  const names = new Set(columns.map((column) => column.name));
  let rows = 0;
  let taken = 0;

  function finish(): Batch {
    const batch: Batch = { rows, columns, vectors: fields.map(({ writer }) => writer.builder.finish()) };
    rows = 0;
    return batch;
  }

  function isFull(): boolean {
    return rows >= limits.rows || fields.reduce((sum, { writer }) => sum + writer.builder.bytes, 0) >= limits.bytes;
  }

  return {
    add(row) {
      taken += 1;
      for (const key in row) {
        if (!names.has(key)) unknownKey(key, row, taken, options);
      }
      for (const { column, writer } of fields) {
        const value = Object.hasOwn(row, column.name) ? row[column.name] : undefined;
        try {
          if (!column.nullable && (value === null || value === undefined)) throw nullRefused();
          writer.append(value);
        } catch (error) {
          throw isMisfit(error) ? valueError(error, column, row, taken, options) : error;
        }
      }
      rows += 1;
      return isFull() ? finish() : undefined;
    },
    addRecords(records, from) {
      const { buffer, byteOffset, length } = records.bytes;
      const words = new DataView(buffer, byteOffset, length);
      let next = from;
      while (next < records.count) {
        const first = next;
        const failed = (what: Misfit, record: number, column: Column) =>
          valueError(what, column, jsonRecord(records, record), taken + record - from + 1, options);
        next = endOfStretch(records, first, { rows: limits.rows - rows, bytes: limits.bytes / partsOfBatch });
        for (const { column, writer } of fields) {
          appendMember({ records, words, column, writer, first, end: next, failed });
        }
        rows += next - first;
        if (isFull()) break;
      }
      taken += next - from;
      return { next, batch: isFull() ? finish() : undefined };
    },
    flush: () => (rows === 0 ? undefined : finish()),
  };
}

/** Records are appended column by column, this part of a batch at a time: so much may it grow beyond its limit. */
const partsOfBatch = 16;

/** All rows as one batch, however large. Options and errors as with `createPacker`. */
export function pack(columns: readonly Column[], rows: Iterable<Row>, options: PackOptions = {}): Batch {
  const unlimited = { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
  const packer = createPacker(columns, { ...options, limits: unlimited });
  for (const row of rows) packer.add(row);
  return packer.flush() ?? emptyBatch(columns);
}

/** A batch without rows. */
export function emptyBatch(columns: readonly Column[]): Batch {
  return { rows: 0, columns, vectors: columns.map(({ type }) => valueWriter(type).builder.finish()) };
}

function unknownKey(key: string, row: Row, position: number, options: PackOptions): void {
  if (options.onUnknownKey !== undefined) {
    options.onUnknownKey(key, row[key]);
    return;
  }
  const name = rowName(row, position, options);
  throw new DataError("value.unknown_key", `${where(options)}row ${name} has the key '${key}', which is no column`, {
    ...details(key, name, options),
    hint: "declare the column, or leave the key out",
  });
}

function valueError({ misfit, message }: Misfit, column: Column, row: Row, position: number, options: PackOptions) {
  const name = rowName(row, position, options);
  const type = formatType(column.type);
  return new DataError(
    `value.${misfit}`,
    `${where(options)}column '${column.name}' (${type}), row ${name}: ${message}`,
    details(column.name, name, options),
  );
}

function where({ stream }: PackOptions): string {
  return stream === undefined ? "" : `stream '${stream}': `;
}

function details(column: string, row: string, { stream }: PackOptions): ErrorDetails {
  return { column, row, ...(stream === undefined ? {} : { stream }) };
}

/** The key where there is one, `id=7`; else the position, counted from 1. */
function rowName(row: Row, position: number, { primaryKey = [] }: PackOptions): string {
  if (primaryKey.length === 0) return String(position);
  return primaryKey
    .map((column) => `${column}=${typeof row[column] === "string" ? row[column] : shown(row[column])}`)
    .join(", ");
}
