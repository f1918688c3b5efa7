import { plainDate } from "../../../sdk/batch/plain-time.js";

/** Whether `2024-02-28` stands at a place: a day of the calendar, of the years 1 to 9999 but for some last days of months. */
export function isUsualDate(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 4] !== 0x2d || bytes[at + 7] !== 0x2d) return false;
  const year = pair(bytes, at) * 100 + pair(bytes, at + 2);
  const month = pair(bytes, at + 5);
  const day = pair(bytes, at + 8);
  if (!(year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1)) return false;
  return day <= (month === 2 ? 28 : 30) || !Number.isNaN(plainDate(bytes, at, at + 10));
}

/** Two digits as a number; far below zero where they are none. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 0x30;
  const ones = bytes[at + 1]! - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1_000_000;
}
