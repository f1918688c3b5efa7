import { endOfValue, incomplete, isJsonProblem, jsonByte } from "../../../sdk/json/json-scan.js";
import { pastSpace } from "../../../sdk/json/plain-token.js";
import {
  addRecord,
  addValue,
  forgetRecord,
  hasManyKeys,
  openIndex,
  type RecordIndex,
  reopenIndex,
} from "../../../sdk/json/record-index.js";

/** The column of a record that is no object: `[1, 2, 3]` has three records with a `value` each. */
const bareValue = "value";

/** An index of the records at hand, a run of them after another; keys keep their slots. */
export interface RunIndex {
  readonly records: RecordIndex;
  /**
   * Takes the records from `at` on that are whole and plain; with a separator, those that one follows. Returns where the
   * next one begins, of which nothing is said.
   */
  take(bytes: Buffer, at: number, separator: number | undefined): number;
  /** Takes the record that stands from `at` to the end of the bytes and is JSON; false for an object that has a key twice. */
  takeOne(bytes: Buffer, at: number): boolean;
}

export function runIndex(): RunIndex {
  const index = openIndex(Buffer.alloc(0), { keysOnce: true });
  return {
    records: index,
    take(bytes, start, separator) {
      reopenIndex(index, bytes);
      let at = pastSpace(bytes, start);
      while (at < bytes.length) {
        const { count } = index;
        const end = endOfRecord(index, at);
        const next = end === incomplete ? incomplete : pastSpace(bytes, end);
        if (next === incomplete || (separator !== undefined && bytes[next] !== separator)) {
          forgetRecord(index, count);
          break;
        }
        at = separator === undefined ? next : pastSpace(bytes, next + 1);
      }
      return at;
    },
    takeOne(bytes, at) {
      do {
        reopenIndex(index, bytes);
        if (bytes[at] !== jsonByte.openBrace) return addValue(index, bareValue, at, bytes.length);
        if (endOfRecord(index, at) !== incomplete) return true;
        forgetRecord(index, 0);
      } while (hasManyKeys(index));
      return false;
    },
  };
}

function endOfRecord(index: RecordIndex, at: number): number {
  const { bytes } = index;
  try {
    if (bytes[at] === jsonByte.openBrace) return addRecord(index, at);
    const end = endOfValue(bytes, at, bytes.length, false);
    return end !== incomplete && addValue(index, bareValue, at, end) ? end : incomplete;
  } catch (error) {
    if (isJsonProblem(error)) return incomplete;
    throw error;
  }
}
