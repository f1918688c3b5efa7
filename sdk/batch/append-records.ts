import { type JsonRecords, jsonValue } from "../json/json-records.js";
import type { Column } from "../schema/stream.js";
import type { Member } from "./json-runs.js";
import { isMisfit, type Misfit, misfit } from "./misfit.js";
import type { ValueWriter } from "./value-writer.js";

export interface Appending {
  readonly records: JsonRecords;
  /** Their bytes. */
  readonly words: DataView;
  readonly column: Column;
  readonly writer: ValueWriter;
  /** The first record, and the one before which it ends. */
  readonly first: number;
  readonly end: number;
  /** Makes an error of a misfit in a record. */
  readonly failed: (what: Misfit, record: number, column: Column) => Error;
}

/** Appends one member of several records to its column; null where a record does not have it. */
export function appendMember({ records, words, column, writer, first, end, failed }: Appending): void {
  const { bytes, keys, starts, ends, forms, numbers } = records;
  const slot = keys.indexOf(column.name);
  const { nullable } = column;
  let record = first;
  try {
    if (slot < 0) {
      for (; record < end; record++) appendValue(writer, undefined, nullable);
      return;
    }
    const member: Member = {
      bytes,
      words,
      starts: starts[slot]!,
      ends: ends[slot]!,
      forms: forms[slot]!,
      numbers: numbers[slot],
      nullable,
    };
    for (;;) {
      record = writer.appendMember(member, record, end);
      if (record === end) return;
      const start = member.starts[record]!;
      appendValue(writer, start === 0 ? null : jsonValue(bytes, start, member.ends[record]!), nullable);
      record++;
    }
  } catch (error) {
    throw isMisfit(error) ? failed(error, record, column) : error;
  }
}

function appendValue(writer: ValueWriter, value: unknown, nullable: boolean): void {
  if (!nullable && (value === null || value === undefined)) throw nullRefused();
  writer.append(value);
}

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
