import fc from "fast-check";
import { expect, it } from "vitest";
import { plainDate, plainDatetime, plainTimestamp } from "../../../sdk/batch/plain-time.js";
import { parseDate, parseDatetime, parseTimestamp } from "../../../sdk/batch/time-text.js";

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const number = (max: number, length: number) => fc.nat({ max }).map((value) => String(value).padStart(length, "0"));
const date = fc
  .tuple(fc.oneof(number(2400, 4), digits(4)), number(13, 2), number(32, 2))
  .map((parts) => parts.join("-"));
const time = fc
  .tuple(number(24, 2), number(60, 2), number(60, 2), fc.option(fc.stringMatching(/^\.[0-9]{0,8}$/), { nil: "" }))
  .map(([hours, minutes, seconds, fraction]) => `${hours}:${minutes}:${seconds}${fraction}`);
const zone = fc.oneof(
  fc.constantFrom("Z", "z", "", "+02", "-11", "+16", " Z", "+0130", "+1:"),
  fc.tuple(fc.constantFrom("+", "-"), number(17, 2), number(61, 2)).map(([sign, h, m]) => `${sign}${h}:${m}`),
);
const local = fc.tuple(date, fc.constantFrom("T", " ", "t"), time).map((parts) => parts.join(""));
const dates = fc.oneof(date, fc.string({ maxLength: 12 }));
const datetimes = fc.oneof({ weight: 5, arbitrary: local }, dates);
const timestamps = fc.oneof({ weight: 5, arbitrary: fc.tuple(local, zone).map((parts) => parts.join("")) }, datetimes);

/** The fast reader's answer where it has one must be the careful one's. */
function agrees(
  plain: (bytes: Uint8Array, start: number, end: number) => number,
  parse: (text: string) => number | bigint | undefined,
) {
  return (text: string) => {
    const bytes = Buffer.from(`"${text}"`);
    const found = plain(bytes, 1, bytes.length - 1);
    if (!Number.isNaN(found)) expect([text, BigInt(found)]).toEqual([text, BigInt(parse(text) ?? Number.MAX_VALUE)]);
  };
}

it("reads dates and times as the careful reader does, or leaves them to it", () => {
  fc.assert(fc.property(dates, agrees(plainDate, parseDate)), { numRuns: 3000 });
  fc.assert(fc.property(datetimes, agrees(plainDatetime, parseDatetime)), { numRuns: 3000 });
  fc.assert(fc.property(timestamps, agrees(plainTimestamp, parseTimestamp)), { numRuns: 5000 });
});

it("reads the usual forms itself", () => {
  const read = (plain: typeof plainDate, text: string) => plain(Buffer.from(text), 0, text.length);
  expect(read(plainDate, "2024-02-29")).toBe(19_782);
  expect(read(plainDate, "2023-02-29")).toBeNaN();
  expect(read(plainDatetime, "1970-01-01 00:00:01.5")).toBe(1_500_000);
  expect(read(plainTimestamp, "1970-01-01T00:00:00Z")).toBe(0);
  expect(read(plainTimestamp, "1970-01-01T00:00:00.000001+01:30")).toBe(-5_399_999_999);
  expect(read(plainTimestamp, "1970-01-01 01:00:00.5+01")).toBe(500_000);
});
