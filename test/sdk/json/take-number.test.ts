import fc from "fast-check";
import { expect, test } from "vitest";
import { takeNumber } from "../../../sdk/json/take-number.js";

/** Where the number ends, and what was put for it. */
function taken(text: string): readonly [number, number] {
  const numbers = new Float64Array([7]);
  return [takeNumber(Buffer.from(text), 0, numbers, 0), numbers[0]!];
}

const digits = (most: number) => fc.stringMatching(new RegExp(`^\\d{1,${most}}$`));
const whole = digits(9).map((text) => text.replace(/^0+(?=\d)/, ""));

test("a number of up to fifteen digits is read as it is written", () => {
  fc.assert(
    fc.property(fc.constantFrom("", "-"), whole, fc.option(digits(6)), fc.constantFrom(",", "}"), (sign, a, b, end) => {
      const text = `${sign}${a}${b === null ? "" : `.${b}`}`;
      const [length, number] = taken(`${text}${end}`);
      expect(length).toBe(text.length);
      expect(number).toBe(Object.is(Number(text), -0) ? Number.NaN : Number(text));
    }),
  );
});

test.for([
  ["more digits than a double is sure to have", "1234567890.123456,", 17],
  ["a whole number beyond fifteen digits", "9007199254740993}", 16],
  ["a zero with a sign", "-0.0,", 4],
])("its end is found and the number left to others: %s", ([, text, end]) => {
  expect(taken(text as string)).toEqual([end, Number.NaN]);
});

test.for(["1e5,", "01,", "-,", "1.,", "1. 5,", "-.5,", "1 ,", "12", "1]", "+1,"])(
  "anything else is left to others: %s",
  (text) => {
    expect(taken(text)).toEqual([0, Number.NaN]);
  },
);
