import { type Data, DataType, DateUnit, type Field, TimeUnit } from "apache-arrow";
import { fromArrowSchema } from "../../../sdk/batch/arrow.js";
import { valueWriter } from "../../../sdk/batch/value-writer.js";
import { type ColumnType, DataError, decimal, isNull, scalar, type Vector } from "../../../sdk/index.js";

/** How a field that is not laid out as its logical type becomes one: value by value, exactly or with an error. */
export interface ArrowConversion {
  readonly type: ColumnType;
  convert(data: Data): Vector;
}

/**
 * The conversion of a field, undefined where Arrow's layout is the logical type's own.
 * @throws DataError `arrow.type` for a type that no logical type holds
 */
export function arrowConversion(field: Field, origin: string): ArrowConversion | undefined {
  const { type } = field;
  if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary)) return written(scalar("string"), dictionaryText);
  if (DataType.isLargeUtf8(type)) return written(scalar("string"), largeText);
  if (DataType.isInt(type)) {
    const wider = integerTypes[`${type.isSigned ? "" : "u"}int${type.bitWidth}`];
    return wider === undefined ? undefined : written(wider, (data, row) => data.values[row]);
  }
  if (DataType.isTimestamp(type) && type.unit !== TimeUnit.MICROSECOND) {
    const micros = microsOf(type.unit, field.name, origin);
    return micros64(scalar(type.timezone ? "timestamp" : "datetime"), (data, row) => micros(data.values[row]));
  }
  if (DataType.isDate(type) && type.unit === DateUnit.MILLISECOND) {
    return micros64(scalar("datetime"), (data, row) => BigInt(data.values[row]) * 1000n);
  }
  return undefined;
}

/** The columns of a schema of which some fields are converted. */
export function arrowType(field: Field, origin: string): ColumnType {
  const conversion = arrowConversion(field, origin);
  if (conversion !== undefined) return conversion.type;
  return fromArrowSchema({ fields: [field] } as Parameters<typeof fromArrowSchema>[0])[0]!.type;
}

const integerTypes: Readonly<Record<string, ColumnType>> = {
  int8: scalar("int16"),
  uint8: scalar("int16"),
  uint16: scalar("int32"),
  uint32: scalar("int64"),
  uint64: decimal(20, 0),
};

type ValueAt = (data: Data, row: number) => unknown;

function written(type: ColumnType, valueAt: ValueAt): ArrowConversion {
  return {
    type,
    convert(data) {
      const writer = valueWriter(type);
      for (let row = 0; row < data.length; row++) writer.append(isNullAt(data, row) ? null : valueAt(data, row));
      return writer.builder.finish();
    },
  };
}

function micros64(type: ColumnType, microsAt: (data: Data, row: number) => bigint): ArrowConversion {
  return {
    type,
    convert(data) {
      const writer = valueWriter(scalar("int64"));
      for (let row = 0; row < data.length; row++) writer.append(isNullAt(data, row) ? null : microsAt(data, row));
      return writer.builder.finish();
    },
  };
}

function isNullAt(data: Data, row: number): boolean {
  return data.nullCount > 0 && isNull({ validity: data.nullBitmap }, data.offset + row);
}

function dictionaryText(data: Data, row: number): unknown {
  return data.dictionary?.get(Number(data.values[row]));
}

function largeText(data: Data, row: number): string {
  const [start, end] = [Number(data.valueOffsets[row]), Number(data.valueOffsets[row + 1])];
  return Buffer.from(data.values.subarray(start, end)).toString("utf8");
}

function microsOf(unit: TimeUnit, column: string, origin: string): (value: bigint) => bigint {
  if (unit === TimeUnit.SECOND) return (value) => value * 1_000_000n;
  if (unit === TimeUnit.MILLISECOND) return (value) => value * 1000n;
  return (value) => {
    if (value % 1000n === 0n) return value / 1000n;
    throw new DataError(
      "value.not_exact",
      `${origin}: column '${column}' has nanoseconds that microseconds do not hold`,
      {
        column,
        hint: "write the file with microseconds, or with the column as text",
      },
    );
  };
}
