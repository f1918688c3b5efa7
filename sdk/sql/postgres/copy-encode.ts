import type { Batch } from "../../batch/batch.js";
import { ConfigError } from "../../errors.js";
import { type ColumnType, formatType } from "../../schema/column-type.js";
import { bytesField } from "./copy-encode-bytes.js";
import { type CopyFrame, type FieldEncoder, RefusedValue, type RowRange } from "./copy-encode-field.js";
import { booleanField, eightByteField, fourByteField, int16Field, uuidField } from "./copy-encode-fixed.js";
import { listField } from "./copy-encode-list.js";
import { nestedListField } from "./copy-encode-nested.js";
import { numericField } from "./copy-encode-numeric.js";
import { numericTextField } from "./copy-encode-numeric-text.js";
import { dateField, timeField, timestampField } from "./copy-encode-time.js";
import { typeOid } from "./types.js";

/** A column of the table that COPY fills. */
export interface CopyColumn {
  readonly name: string;
  /** How the values lie in the batch. */
  readonly type: ColumnType;
  /** The column's Postgres type, as `restoredType` writes it; its binary form must be that of `type`. */
  readonly postgresType: string;
}

export interface CopyEncoder {
  /**
   * The rows of a batch as CopyData messages, each a whole number of rows: about 64 KB, or one row that is larger.
   * `frame` gives a buffer of at least `bytes`; what is yielded is a part of it.
   * @throws DataError `value.nul_in_text`, `value.out_of_range` or `value.not_a_number` naming stream, column and row; nothing of the batch
   * was yielded then
   */
  encode(batch: Batch, frame: (bytes: number) => CopyFrame): Iterable<Uint8Array>;
}

export interface CopyEncoderOptions {
  /** The stream, for messages. */
  readonly stream: string;
  /** In the order that the COPY statement names them. */
  readonly columns: readonly CopyColumn[];
  /** What stands in a last int8 column of every row: `_sluice_load_id`; absent: there is no such column. */
  readonly loadId?: number;
}

/** The size that a frame aims for: larger ones were no faster. */
export const frameBytes = 64 * 1024;

/** Code "d" and the length: https://www.postgresql.org/docs/current/protocol-message-formats.html. */
export const messageHead = 5;
export const copyDataCode = 0x64;

/** What stands before the first row, as a CopyData message: signature, flags, length of the extension. */
export const copyHeader = message(Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1"));
/** What stands after the last row: a field count of -1. */
export const copyTrailer = message(Buffer.from([0xff, 0xff]));

/**
 * Encodes batches for `COPY … FROM STDIN (FORMAT binary)`
 * (https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4). Made once per schema and load.
 * @throws ConfigError `type.unsupported` for a list that the column cannot hold
 */
export function copyEncoder({ stream, columns, loadId }: CopyEncoderOptions): CopyEncoder {
  const fields = columns.map(fieldEncoder);
  const fieldCount = fields.length + (loadId === undefined ? 0 : 1);
  const tail = loadId === undefined ? new Uint8Array(0) : int64Field(loadId);
  let rowsBefore = 0;

  function measure({ rows, vectors }: Batch): Int32Array {
    const sizes = new Int32Array(rows).fill(2 + tail.length);
    for (const [i, field] of fields.entries()) {
      try {
        field.measure(vectors[i]!, { from: 0, to: rows }, sizes);
      } catch (error) {
        if (!(error instanceof RefusedValue)) throw error;
        throw error.asDataError({ stream, column: columns[i]!.name, firstRow: rowsBefore + 1 });
      }
    }
    return sizes;
  }

  return {
    *encode(batch, frame) {
      const sizes = measure(batch);
      rowsBefore += batch.rows;
      for (let from = 0; from < batch.rows; ) {
        const { to, length } = rowsThatFit(sizes, from);
        const target = frame(length);
        target.bytes[0] = copyDataCode;
        target.view.setInt32(1, length - 1);
        writeRows({ from, to }, target, sizes);
        yield target.bytes.subarray(0, length);
        from = to;
      }
    },
  };

  /** `sizes` of the rows become their positions. */
  function writeRows(range: RowRange, frame: CopyFrame, sizes: Int32Array): void {
    const { bytes, view } = frame;
    let next = messageHead;
    for (let row = range.from; row < range.to; row++) {
      const size = sizes[row]!;
      view.setInt16(next, fieldCount);
      sizes[row] = next + 2;
      next += size;
    }
    for (const field of fields) field.write(range, frame, sizes);
    if (tail.length === 0) return;
    for (let row = range.from; row < range.to; row++) bytes.set(tail, sizes[row]!);
  }
}

/** The first row from `from` on that no longer fits a frame, and the bytes of the message up to it. */
function rowsThatFit(sizes: Int32Array, from: number): { to: number; length: number } {
  let to = from;
  let length = messageHead;
  do length += sizes[to++]!;
  while (to < sizes.length && length + sizes[to]! <= frameBytes);
  return { to, length };
}

function fieldEncoder({ type, postgresType }: CopyColumn): FieldEncoder {
  switch (type.kind) {
    case "boolean":
      return booleanField();
    case "int16":
      return int16Field();
    case "int32":
    case "float32":
      return fourByteField();
    case "int64":
    case "float64":
      return eightByteField();
    case "decimal":
      return numericField({ scale: type.scale, width: type.precision <= 18 ? 8 : 16 });
    case "date":
      return dateField();
    case "time":
      return timeField();
    case "timestamp":
    case "datetime":
      return timestampField();
    case "uuid":
      return uuidField();
    case "string":
      if (/^numeric/.test(postgresType)) return numericTextField();
      return bytesField({ text: true, jsonb: false });
    case "json":
      return bytesField({ text: true, jsonb: postgresType === "jsonb" });
    case "binary":
      return bytesField({ text: false, jsonb: false });
    case "list":
      return type.item.kind === "list" && /^jsonb?$/.test(postgresType)
        ? nestedListField(type, { jsonb: postgresType === "jsonb" })
        : arrayField(type, postgresType);
  }
}

function arrayField(type: ColumnType & { kind: "list" }, postgresType: string): FieldEncoder {
  const itemType = postgresType.replace(/\[\]$/, "");
  const oid = elementOids.get(itemType.replace(/\(.*?\)/, ""));
  if (type.item.kind === "list" || oid === undefined) {
    throw new ConfigError("type.unsupported", `${formatType(type)} cannot be held as ${postgresType} in Postgres`, {
      hint: "cast the column to json or string",
    });
  }
  return listField(fieldEncoder({ name: "", type: type.item, postgresType: itemType }), oid);
}

const elementOids: ReadonlyMap<string, number> = new Map([
  ["boolean", typeOid.boolean],
  ["smallint", typeOid.smallint],
  ["integer", typeOid.integer],
  ["bigint", typeOid.bigint],
  ["real", typeOid.real],
  ["double precision", typeOid.double],
  ["numeric", typeOid.numeric],
  ["text", typeOid.text],
  ["character varying", typeOid.varchar],
  ["character", typeOid.character],
  ["name", typeOid.name],
  ["bytea", typeOid.bytea],
  ["date", typeOid.date],
  ["time without time zone", typeOid.time],
  ["timestamp with time zone", typeOid.timestamptz],
  ["timestamp without time zone", typeOid.timestamp],
  ["uuid", typeOid.uuid],
  ["json", typeOid.json],
  ["jsonb", typeOid.jsonb],
]);

function int64Field(value: number): Uint8Array {
  const field = Buffer.alloc(12);
  field.writeInt32BE(8);
  field.writeBigInt64BE(BigInt(value), 4);
  return field;
}

function message(content: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(messageHead + content.length);
  bytes[0] = copyDataCode;
  bytes.writeInt32BE(messageHead - 1 + content.length, 1);
  bytes.set(content, messageHead);
  return bytes;
}
