import fc from "fast-check";
import { expect, test } from "vitest";
import { isGreater } from "../../../core/verify/canonical-order.js";
import { parseType } from "../../../sdk/schema/column-type.js";

test("whole numbers, decimals and times are compared as numbers, not as texts", () => {
  expect(isGreater("10", "9", parseType("int64"))).toBe(true);
  expect(isGreater("-10", "-9", parseType("timestamp"))).toBe(false);
  expect(isGreater("10.50", "9.75", parseType("decimal(9,2)"))).toBe(true);
  expect(isGreater("infinity", "99999999999999999", parseType("timestamp"))).toBe(true);
  expect(isGreater("-infinity", "-99999999999999999", parseType("date"))).toBe(false);
});

test("doubles are compared by the number their bits are", () => {
  const bitsOf = (value: number) => {
    const data = new DataView(new ArrayBuffer(8));
    data.setFloat64(0, value);
    return data.getBigUint64(0).toString(2).padStart(64, "0");
  };
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      expect(isGreater(bitsOf(a), bitsOf(b), parseType("float64"))).toBe(a > b);
    }),
  );
  expect(isGreater("NaN", bitsOf(1e300), parseType("float64"))).toBe(true);
});
