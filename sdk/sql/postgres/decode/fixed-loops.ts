import { checkLength, UnfitValue } from "./column-decoder.js";
import type { FixedLoop } from "./fixed-decoder.js";

/*
 * Binary forms: https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/utils/adt (the *send functions).
 * Numbers are big-endian; dates and times count from 2000-01-01.
 */

export const int16Loop: FixedLoop = ({ halves, validity }, { view, positions }, from, count, row) => {
  for (let index = 0; index < count; index++) {
    const at = positions[from + index]!;
    if (at < 0) {
      validity.markNull(row + index);
      continue;
    }
    checkLength(view, at, 2);
    halves[row + index] = view.getInt16(at);
  }
};

/** int4, and float4 whose bits travel as they are. */
export const word32Loop: FixedLoop = ({ words, validity }, { view, positions }, from, count, row) => {
  for (let index = 0; index < count; index++) {
    const at = positions[from + index]!;
    if (at < 0) {
      validity.markNull(row + index);
      continue;
    }
    checkLength(view, at, 4);
    words[row + index] = view.getInt32(at);
  }
};

/** int8 and time, and float8 whose bits travel as they are. */
export const word64Loop: FixedLoop = ({ words, validity }, { view, positions }, from, count, row) => {
  for (let index = 0; index < count; index++) {
    const at = positions[from + index]!;
    if (at < 0) {
      validity.markNull(row + index);
      continue;
    }
    checkLength(view, at, 8);
    const word = (row + index) * 2;
    words[word] = view.getInt32(at + 4);
    words[word + 1] = view.getInt32(at);
  }
};

/** An unsigned 32-bit number as an int64. */
export const oidLoop: FixedLoop = ({ words, validity }, { view, positions }, from, count, row) => {
  for (let index = 0; index < count; index++) {
    const at = positions[from + index]!;
    if (at < 0) {
      validity.markNull(row + index);
      continue;
    }
    checkLength(view, at, 4);
    const word = (row + index) * 2;
    words[word] = view.getInt32(at);
    words[word + 1] = 0;
  }
};

/** Sixteen bytes in their order. */
export const uuidLoop: FixedLoop = ({ words, validity }, { view, positions }, from, count, row) => {
  for (let index = 0; index < count; index++) {
    const at = positions[from + index]!;
    if (at < 0) {
      validity.markNull(row + index);
      continue;
    }
    checkLength(view, at, 16);
    const word = (row + index) * 4;
    words[word] = view.getInt32(at, true);
    words[word + 1] = view.getInt32(at + 4, true);
    words[word + 2] = view.getInt32(at + 8, true);
    words[word + 3] = view.getInt32(at + 12, true);
  }
};

const daysTo2000 = 10_957;
const int32Max = 2_147_483_647;
const int32Min = -2_147_483_648;

export const dateLoop: FixedLoop = ({ words, validity }, { view, positions }, from, count, row) => {
  for (let index = 0; index < count; index++) {
    const at = positions[from + index]!;
    if (at < 0) {
      validity.markNull(row + index);
      continue;
    }
    checkLength(view, at, 4);
    const days = view.getInt32(at);
    if (days === int32Max) words[row + index] = int32Max;
    else if (days === int32Min) words[row + index] = -int32Max;
    else words[row + index] = days + daysTo2000;
  }
};

/** 946,684,800,000,000 µs from 1970 to 2000, in two 32-bit words. */
const microsTo2000 = { high: 220_417, low: 993_517_568 };

/** timestamp and timestamptz: µs. */
export const timestampLoop: FixedLoop = ({ words, validity }, { view, positions }, from, count, row) => {
  for (let index = 0; index < count; index++) {
    const at = positions[from + index]!;
    if (at < 0) {
      validity.markNull(row + index);
      continue;
    }
    checkLength(view, at, 8);
    const word = (row + index) * 2;
    const low = view.getUint32(at + 4) + microsTo2000.low;
    const high = view.getInt32(at) + microsTo2000.high + (low > 0xffff_ffff ? 1 : 0);
    if (high >= int32Max || high < int32Min + microsTo2000.high + 1) {
      edgeTimestamp(view.getBigInt64(at), index, words, word);
      continue;
    }
    words[word] = low;
    words[word + 1] = high;
  }
};

const int64Max = 9_223_372_036_854_775_807n;

/** Infinity, the far past and what lies beyond the last microsecond that 64 bits hold, counted from 1970. */
function edgeTimestamp(fromServer: bigint, index: number, words: Int32Array, word: number): void {
  let micros = fromServer + 946_684_800_000_000n;
  if (fromServer === int64Max) micros = int64Max;
  else if (fromServer === -int64Max - 1n) micros = -int64Max;
  else if (micros >= int64Max) {
    throw new UnfitValue(
      "a time after 294247-01-10 04:00:54.775806 does not fit 64 bits of microseconds",
      index,
      "correct the value, filter the row out, or exclude the column",
    );
  }
  words[word] = Number(BigInt.asIntN(32, micros));
  words[word + 1] = Number(BigInt.asIntN(32, micros >> 32n));
}
