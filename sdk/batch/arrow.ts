import {
  Binary,
  Bool,
  BufferType,
  Data,
  DataType,
  DateDay,
  DateUnit,
  Decimal,
  Field,
  FixedSizeBinary,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  List,
  makeData,
  Precision,
  RecordBatch,
  Schema,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimeUnit,
  Utf8,
} from "apache-arrow";
import { DataError } from "../errors.js";
import { type ColumnType, decimal, list, scalar } from "../schema/column-type.js";
import type { Column } from "../schema/stream.js";
import type { Batch } from "./batch.js";
import { type FixedVector, layoutOf, type Vector } from "./vector.js";

/*
 * Batches as `apache-arrow` objects, for IPC files and for people who compute with Arrow. Buffers are shared, not
 * copied, except that narrow decimals become 128 bits wide and back. Kept apart because the library is large.
 */

/** uuid and json carry Arrow's canonical extension names: https://arrow.apache.org/docs/format/CanonicalExtensions.html */
const extensionKey = "ARROW:extension:name";
const extensions = new Map([
  ["uuid", "arrow.uuid"],
  ["json", "arrow.json"],
]);

/** The Arrow schema of columns. */
export function toArrowSchema(columns: readonly Column[]): Schema {
  return new Schema(columns.map((column) => toField(column.name, column.type, column.nullable)));
}

function toField(name: string, type: ColumnType, nullable: boolean): Field {
  const extension = extensions.get(type.kind);
  const metadata = extension === undefined ? undefined : new Map([[extensionKey, extension]]);
  return new Field(name, toArrowType(type), nullable, metadata);
}

function toArrowType(type: ColumnType): DataType {
  switch (type.kind) {
    case "boolean":
      return new Bool();
    case "int16":
      return new Int16();
    case "int32":
      return new Int32();
    case "int64":
      return new Int64();
    case "float32":
      return new Float32();
    case "float64":
      return new Float64();
    case "decimal":
      return new Decimal(type.scale, type.precision, 128);
    case "date":
      return new DateDay();
    case "time":
      return new TimeMicrosecond();
    case "timestamp":
      return new TimestampMicrosecond("UTC");
    case "datetime":
      return new TimestampMicrosecond();
    case "uuid":
      return new FixedSizeBinary(16);
    case "string":
    case "json":
      return new Utf8();
    case "binary":
      return new Binary();
    case "list":
      return new List(toField("item", type.item, true));
  }
}

/** A batch as an Arrow record batch over the same buffers. */
export function toRecordBatch(batch: Batch): RecordBatch {
  const schema = toArrowSchema(batch.columns);
  const children = batch.columns.map(({ type }, i) =>
    toData(batch.vectors[i]!, type, schema.fields[i]!.type, batch.rows),
  );
  const data = makeData({ type: new Struct(schema.fields), length: batch.rows, nullCount: 0, children });
  return new RecordBatch(schema, data);
}

function toData(vector: Vector, type: ColumnType, arrow: DataType, rows: number): Data {
  const bitmapBytes = (rows + 7) >> 3;
  const validity = vector.validity?.subarray(0, bitmapBytes);
  const data = (buffers: { values?: unknown; offsets?: Int32Array }, children: Data[] = []) => {
    const { OFFSET, DATA, VALIDITY } = BufferType;
    const all = { [OFFSET]: buffers.offsets, [DATA]: buffers.values, [VALIDITY]: validity };
    return new Data(arrow, 0, rows, validity === undefined ? 0 : unknownNullCount, all as ArrowBuffers, children);
  };
  switch (vector.layout) {
    case "bits":
      return data({ values: vector.data.subarray(0, bitmapBytes) });
    case "fixed":
      return data({ values: fixedValues(vector, type, arrow, rows) });
    case "bytes":
      return data({ offsets: vector.offsets.subarray(0, rows + 1), values: vector.data });
    case "list": {
      const child = toData(vector.child, itemOf(type), arrow.children[0]!.type, vector.offsets[rows]!);
      return data({ offsets: vector.offsets.subarray(0, rows + 1) }, [child]);
    }
  }
}

const unknownNullCount = -1;

type ArrowBuffers = NonNullable<ConstructorParameters<typeof Data>[4]>;

/** The values under the typed array that the library expects; decimals in 128 bits. */
function fixedValues({ data, width }: FixedVector, type: ColumnType, arrow: DataType, rows: number) {
  const bytes = type.kind === "decimal" && width === 8 ? widenDecimals(data, rows) : data.subarray(0, rows * width);
  const { ArrayType } = arrow;
  return new ArrayType(bytes.buffer, bytes.byteOffset, bytes.byteLength / ArrayType.BYTES_PER_ELEMENT);
}

function widenDecimals(data: Uint8Array, rows: number): Uint8Array {
  const narrow = new BigInt64Array(data.buffer, data.byteOffset, rows);
  const wide = new BigInt64Array(rows * 2);
  narrow.forEach((value, row) => {
    wide[row * 2] = value;
    wide[row * 2 + 1] = value >> 63n;
  });
  return new Uint8Array(wide.buffer);
}

/**
 * An Arrow record batch as a batch with buffers of its own.
 * @throws DataError `arrow.type` for an Arrow type that is no logical type
 */
export function fromRecordBatch(recordBatch: RecordBatch): Batch {
  const columns = fromArrowSchema(recordBatch.schema);
  const rows = recordBatch.numRows;
  return { rows, columns, vectors: recordBatch.data.children.map((child, i) => fromData(child, columns[i]!.type)) };
}

/** The columns of an Arrow schema. Errors as with `fromRecordBatch`. */
export function fromArrowSchema(schema: Schema): readonly Column[] {
  return schema.fields.map((field) => ({ name: field.name, type: fromField(field), nullable: field.nullable }));
}

function fromField(field: Field): ColumnType {
  const { type } = field;
  if (field.metadata.get(extensionKey) === extensions.get("json")) return scalar("json");
  if (DataType.isBool(type)) return scalar("boolean");
  if (DataType.isInt(type) && type.isSigned && type.bitWidth >= 16)
    return scalar(`int${type.bitWidth as 16 | 32 | 64}`);
  if (DataType.isFloat(type) && type.precision !== Precision.HALF) {
    return scalar(type.precision === Precision.SINGLE ? "float32" : "float64");
  }
  if (DataType.isDecimal(type) && type.bitWidth === 128) return decimal(type.precision, type.scale);
  if (DataType.isDate(type) && type.unit === DateUnit.DAY) return scalar("date");
  if (DataType.isTime(type) && type.unit === TimeUnit.MICROSECOND) return scalar("time");
  if (DataType.isTimestamp(type) && type.unit === TimeUnit.MICROSECOND) {
    return scalar(type.timezone ? "timestamp" : "datetime");
  }
  if (DataType.isFixedSizeBinary(type) && type.byteWidth === 16) return scalar("uuid");
  if (DataType.isUtf8(type)) return scalar("string");
  if (DataType.isBinary(type)) return scalar("binary");
  if (DataType.isList(type)) return list(fromField(type.children[0]!));
  throw new DataError("arrow.type", `column '${field.name}' has the Arrow type ${type}, which is no logical type`, {
    column: field.name,
    hint: "cast it before it is written as Arrow",
  });
}

function fromData(data: Data, type: ColumnType): Vector {
  const { offset, length } = data;
  const validity = data.nullCount === 0 ? undefined : copyBits(data.nullBitmap, offset, length);
  const layout = layoutOf(type);
  switch (layout.layout) {
    case "bits":
      return { layout: "bits", data: copyBits(data.values, offset, length), validity };
    case "fixed": {
      const values = bytesUnder(data.values);
      const narrow = type.kind === "decimal" && layout.width === 8;
      const bytes = narrow ? narrowDecimals(values, length) : values.slice(0, length * layout.width);
      return { layout: "fixed", width: layout.width, data: bytes, validity };
    }
    case "bytes":
      return { layout: "bytes", offsets: data.valueOffsets.slice(0, length + 1), data: data.values.slice(), validity };
    case "list": {
      const child = fromData(data.children[0]!, itemOf(type));
      return { layout: "list", offsets: data.valueOffsets.slice(0, length + 1), child, validity };
    }
  }
}

function narrowDecimals(values: Uint8Array, rows: number): Uint8Array {
  const wide = new BigInt64Array(values.slice(0, rows * 16).buffer);
  return new Uint8Array(new BigInt64Array(rows).map((_, row) => wide[row * 2]!).buffer);
}

function copyBits(bits: Uint8Array, offset: number, length: number): Uint8Array {
  const copy = new Uint8Array((length + 7) >> 3);
  for (let row = 0; row < length; row++) {
    const at = offset + row;
    if ((bits[at >> 3]! & (1 << (at & 7))) !== 0) copy[row >> 3]! |= 1 << (row & 7);
  }
  return copy;
}

function bytesUnder({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function itemOf(type: ColumnType): ColumnType {
  return type.kind === "list" ? type.item : type;
}
