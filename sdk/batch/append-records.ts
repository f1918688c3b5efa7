import type { JsonRecords } from "../json/json-records.js";
import type { Column } from "../schema/stream.js";
import { isMisfit, type Misfit, misfit } from "./misfit.js";
import type { ValueWriter } from "./value-writer.js";

export interface Appending {
  readonly records: JsonRecords;
  readonly column: Column;
  readonly writer: ValueWriter;
  /** The first record, and the one before which it ends. */
  readonly first: number;
  readonly end: number;
  /** Makes an error of a misfit in a record. */
  readonly failed: (what: Misfit, record: number, column: Column) => Error;
}

/** Appends one member of several records to its column; null where a record does not have it. */
export function appendMember({ records, column, writer, first, end, failed }: Appending): void {
  const { bytes, keys } = records;
  const slot = keys.indexOf(column.name);
  const starts = records.starts[slot];
  const ends = records.ends[slot];
  const escaped = records.escaped[slot];
  const numbers = records.numbers[slot];
  let record = first;
  try {
    for (; record < end; record++) {
      const start = starts === undefined ? 0 : starts[record]!;
      const number = numbers === undefined ? Number.NaN : numbers[record]!;
      if (!Number.isNaN(number)) writer.append(number);
      else if (start !== 0 && bytes[start] !== firstOfNull) {
        writer.appendJson(bytes, start, ends![record]!, escaped !== undefined && escaped[record] === 1);
      } else if (column.nullable) writer.append(null);
      else throw nullRefused();
    }
  } catch (error) {
    throw isMisfit(error) ? failed(error, record, column) : error;
  }
}

const firstOfNull = 0x6e;

export function nullRefused(): Misfit {
  return misfit("null", "a null, though the column allows none");
}

/** Where records end that are appended together: at a number of them, or of bytes of text; one at least. */
export function endOfStretch(
  { bounds, count }: JsonRecords,
  first: number,
  most: { rows: number; bytes: number },
): number {
  const last = Math.min(count, first + most.rows);
  const limit = bounds[2 * first]! + most.bytes;
  let end = first + 1;
  while (end < last && bounds[2 * end + 1]! <= limit) end++;
  return end;
}
