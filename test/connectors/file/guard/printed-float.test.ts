import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endOfFloat, printedFloat } from "../../../../connectors/file/guard/printed-float.js";
import { parseDecimal, sameDecimal } from "../../../../sdk/batch/decimal-text.js";

const isFloat = (text: string) => endOfFloat(Buffer.from(`${text},`), 0) === text.length;
const digitsOf = (text: string) => parseDecimal(text)?.digits.length ?? 0;
const isPrinted = (text: string) => sameDecimal(String(Number(text)), text);

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);
/** The double so many places further. */
const neighbour = (value: number, places: number): number => {
  double[0] = value;
  bits[0]! += BigInt(places);
  return double[0];
};

/** Doubles that are printed without an exponent, with any digits. */
const wide = fc
  .tuple(fc.double({ min: 1, max: 10, maxExcluded: true }), fc.integer({ min: -6, max: 15 }), fc.boolean())
  .map(([value, exponent, isNegative]) => value * 10 ** exponent * (isNegative ? -1 : 1));
/** Where doubles begin to stand at other distances, or decimals do. */
const nearBound = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: -19, max: 53 }).map((power) => 2 ** power),
      fc.integer({ min: -6, max: 15 }).map((power) => 10 ** power),
      fc.integer({ min: 1, max: 1000 }),
    ),
    fc.integer({ min: -40, max: 40 }),
  )
  .map(([value, places]) => neighbour(value, places));

describe("a float in a file", () => {
  it.each([
    ["of any size", wide],
    ["near a power of two or ten", nearBound],
  ])("%s passes as it is printed", (_, doubles) => {
    fc.assert(
      fc.property(doubles, (value) => {
        const text = String(value);
        // Some larger ones lie in the very middle between two numbers of as many digits.
        fc.pre(!text.includes("e") && Math.abs(value) < 1e6);
        expect([text, isFloat(text)]).toEqual([text, true]);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ["of any size", wide],
    ["near a power of two or ten", nearBound],
  ])("%s that is written with other digits passes only where it is printed so", (_, doubles) => {
    fc.assert(
      fc.property(
        doubles,
        fc.integer({ min: -30, max: 30 }),
        fc.integer({ min: 16, max: 17 }),
        (value, more, count) => {
          const scale = count - 1 - Math.floor(Math.log10(Math.abs(value)));
          fc.pre(scale > 0 && scale <= 22);
          const printed = value.toFixed(scale);
          const [whole = "", fraction = ""] = printed.split(".");
          const digits = BigInt(whole + fraction) + BigInt(more);
          const padded = digits
            .toString()
            .replace("-", "")
            .padStart(scale + 1, "0");
          const text = `${digits < 0n ? "-" : ""}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
          fc.pre(digitsOf(text) > 15 && digitsOf(text) <= 17 && !text.endsWith("0"));
          if (Math.abs(value) < 1e6) expect([text, isFloat(text)]).toEqual([text, isPrinted(text)]);
          else if (isFloat(text)) expect([text, isPrinted(text)]).toEqual([text, true]);
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it("passes with up to fifteen digits, however many zeros stand before or behind them", () => {
    const text = fc
      .tuple(fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }), fc.integer({ min: 1, max: 22 }))
      .map(([digits, scale]) =>
        digits
          .toString()
          .padStart(scale + 1, "0")
          .replace(new RegExp(`(?=.{${scale}}$)`), "."),
      );
    fc.assert(
      fc.property(text, (written) => {
        expect([written, isFloat(written)]).toEqual([written, true]);
      }),
    );
  });

  it.each(["9007199254740993", "9007199254740992.5", "0.10000000000000001", "5e-324", "1e21", "123456789012345678901"])(
    "%s does not pass: no float is printed so without an exponent",
    (text) => expect(isFloat(text)).toBe(false),
  );

  it.each([
    "-0",
    "-0.0",
    "00",
    "01.5",
    "1.",
    ".5",
    "-",
    "",
    "1.5.2",
    "1,5",
    "NaN",
    "Infinity",
    "1.50000000000000000",
    "+1",
  ])("%j is left to a closer look", (text) => expect(isFloat(text)).toBe(false));
});

describe("the value of a printed float of many digits", () => {
  it("is the double that prints them, or left to others", () => {
    let known = 0;
    fc.assert(
      fc.property(fc.oneof(wide, nearBound), fc.constantFrom(0, 0, 1, 7, -3), (value, more) => {
        const text = shifted(String(value), more);
        fc.pre(!text.includes("e"));
        const read = printedFloat(Buffer.from(`${text},`), 0, text.length);
        if (Number.isNaN(read)) return;
        known++;
        expect([text, read, String(read)]).toEqual([text, Number(text), text]);
      }),
      { numRuns: 10_000 },
    );
    expect(known).toBeGreaterThan(1000);
  });

  it.each(["1", "-0", "0.5", "1e5", "123456789012345678", "0.1234567890123456780", '"1.234567890123456"', "null"])(
    "is left to others for %s",
    (text) => expect(printedFloat(Buffer.from(text), 0, text.length)).toBeNaN(),
  );
});

/** The same digits but for the last, which is so much more. */
function shifted(text: string, more: number): string {
  const last = Number(text.at(-1)) + more;
  return last >= 0 && last <= 9 ? `${text.slice(0, -1)}${last}` : text;
}
