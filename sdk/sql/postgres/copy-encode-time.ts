import { dateInfinity } from "../../batch/vector.js";
import {
  type FieldEncoder,
  isNullAt,
  measureFixed,
  noWords,
  RefusedValue,
  wordsOf,
  writeNull,
} from "./copy-encode-field.js";

// Postgres counts from 2000-01-01 and ends where these say: src/include/datatype/timestamp.h.
const epochDays = 10_957;
const firstDay = -2_451_545 + epochDays;
const lastDay = 2_145_031_948 + epochDays;
/** 2000-01-01 in µs since 1970, as two words; the low one unsigned. */
const epochHigh = 220_417;
const epochLow = 993_517_568;
/** 4714-11-24 BC in µs since 1970; above, every 64-bit value is in range. */
const firstHigh = -49_096_254;
const firstLow = 2_086_109_184;
/** 24:00 in µs. */
const dayEndHigh = 20;
const dayEndLow = 500_654_080;
const highest = 0x7fff_ffff;
const lowest = -0x8000_0000;

/** date: days since 2000-01-01; ±infinity are the largest and the smallest int32. */
export function dateField(): FieldEncoder {
  let days = noWords;
  let validity: Uint8Array | undefined;
  return {
    measure(vector, range, sizes) {
      days = wordsOf(vector);
      validity = vector.validity;
      measureFixed(validity, range, 4, sizes);
      for (let row = range.from; row < range.to; row++) {
        const day = days[row]!;
        if (day >= firstDay && day <= lastDay) continue;
        if (day === dateInfinity || day === -dateInfinity || isNullAt(validity, row)) continue;
        throw outOfRange(row, "date", "4714-11-24 BC to 5874897-12-31");
      }
    },
    write({ from, to }, { view }, positions) {
      for (let row = from; row < to; row++) {
        const at = positions[row]!;
        if (isNullAt(validity, row)) {
          positions[row] = writeNull(view, at);
          continue;
        }
        const day = days[row]!;
        view.setInt32(at, 4);
        view.setInt32(at + 4, day === dateInfinity ? highest : day === -dateInfinity ? lowest : day - epochDays);
        positions[row] = at + 8;
      }
    },
  };
}

/** timestamp and datetime: µs since 2000-01-01; ±infinity are the largest and the smallest int64. */
export function timestampField(): FieldEncoder {
  let values = noWords;
  let validity: Uint8Array | undefined;
  return {
    measure(vector, range, sizes) {
      values = wordsOf(vector);
      validity = vector.validity;
      measureFixed(validity, range, 8, sizes);
      for (let row = range.from; row < range.to; row++) {
        const high = values[2 * row + 1]!;
        if (high > firstHigh || isNullAt(validity, row)) continue;
        const low = values[2 * row]! >>> 0;
        if ((high === firstHigh && low >= firstLow) || (high === lowest && low === 1)) continue;
        throw outOfRange(row, "timestamp", "4714-11-24 BC to 294276-12-31");
      }
    },
    write({ from, to }, { view }, positions) {
      for (let row = from; row < to; row++) {
        const at = positions[row]!;
        if (isNullAt(validity, row)) {
          positions[row] = writeNull(view, at);
          continue;
        }
        const high = values[2 * row + 1]!;
        const low = values[2 * row]!;
        view.setInt32(at, 8);
        if ((high === highest && low === -1) || high === lowest) {
          view.setInt32(at + 4, high);
          view.setInt32(at + 8, high === lowest ? 0 : -1);
        } else {
          const difference = (low >>> 0) - epochLow;
          view.setInt32(at + 4, high - epochHigh - (difference < 0 ? 1 : 0));
          view.setInt32(at + 8, difference);
        }
        positions[row] = at + 12;
      }
    },
  };
}

/** time: µs since midnight, up to 24:00. */
export function timeField(): FieldEncoder {
  let values = noWords;
  let validity: Uint8Array | undefined;
  return {
    measure(vector, range, sizes) {
      values = wordsOf(vector);
      validity = vector.validity;
      measureFixed(validity, range, 8, sizes);
      for (let row = range.from; row < range.to; row++) {
        const high = values[2 * row + 1]!;
        if (high >= 0 && high < dayEndHigh) continue;
        if ((high === dayEndHigh && values[2 * row]! >>> 0 <= dayEndLow) || isNullAt(validity, row)) continue;
        throw outOfRange(row, "time", "00:00 to 24:00");
      }
    },
    write({ from, to }, { view }, positions) {
      for (let row = from; row < to; row++) {
        const at = positions[row]!;
        if (isNullAt(validity, row)) {
          positions[row] = writeNull(view, at);
          continue;
        }
        view.setInt32(at, 8);
        view.setInt32(at + 4, values[2 * row + 1]!);
        view.setInt32(at + 8, values[2 * row]!);
        positions[row] = at + 12;
      }
    },
  };
}

function outOfRange(row: number, type: string, range: string): RefusedValue {
  return new RefusedValue(
    "value.out_of_range",
    row,
    `the ${type} is outside what Postgres holds, ${range}`,
    "correct the value at the source, or cast the column to string",
  );
}
