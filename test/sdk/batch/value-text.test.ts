import fc from "fast-check";
import { expect, it } from "vitest";
import { pack } from "../../../sdk/batch/pack.js";
import { valueText } from "../../../sdk/batch/value-text.js";
import { decimal, list, scalar } from "../../../sdk/schema/column-type.js";

const safe = 2n ** 53n;
const whole = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.bigInt({ min: safe - 3n, max: safe + 3n }),
  fc.bigInt({ min: -safe - 3n, max: -safe + 3n }),
);

it("whole numbers have every digit, on both sides of what a double counts", () => {
  fc.assert(
    fc.property(whole, (value) => {
      expect(textOf(scalar("int64"), value)).toBe(String(value));
    }),
  );
});

it("decimals keep their scale, on both sides of what a double counts", () => {
  const unscaled = whole.filter((value) => value > -(10n ** 18n) && value < 10n ** 18n);
  fc.assert(
    fc.property(unscaled, (value) => {
      const digits = String(value < 0n ? -value : value).padStart(3, "0");
      const text = `${value < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
      expect(textOf(decimal(18, 2), text)).toBe(text);
    }),
  );
});

it("times have every microsecond, before 1970 and beyond what a double counts", () => {
  for (const text of [
    "1969-12-31 23:59:59.999999",
    "1970-01-01 00:00:00",
    "2255-06-05 23:47:34.740991",
    "2255-06-05 23:47:34.740993",
    "0044-03-15 12:00:00.000001 BC",
    "1684-07-28 00:12:25.259007",
    "9999-12-31 23:59:59.999999",
    "infinity",
    "-infinity",
  ]) {
    expect(textOf(scalar("datetime"), text)).toBe(text);
  }
});

it("text is what it is, also where it looks like what stands for no text", () => {
  const texts = ["", "\ufeffmarked", "a\ufffdb", "naïve 💡", "\0"];
  for (const text of texts) expect(textOf(scalar("string"), text)).toBe(text);
  const broken = { layout: "bytes" as const, offsets: Int32Array.of(0, 2), data: Uint8Array.of(0x61, 0xff) };
  expect(() => valueText({ ...broken, validity: undefined }, scalar("string"), 0)).toThrow(TypeError);
});

it("a list tells nulls and texts apart", () => {
  expect(textOf(list(scalar("string")), [null, "null", "1"])).toBe('[null,"null","1"]');
  expect(textOf(list(scalar("float64")), [1.5, Number.NaN, null])).toBe('[1.5,"NaN",null]');
});

function textOf(type: Parameters<typeof valueText>[1], value: unknown): string {
  return valueText(pack([{ name: "v", type, nullable: false }], [{ v: value }]).vectors[0]!, type, 0);
}
