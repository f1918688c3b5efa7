import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonText } from "../../sdk/batch/json-text.js";
import { parseJson } from "../../sdk/parse-json.js";
import { rawJson, rawText } from "../../sdk/raw-json.js";

test("every number keeps its value, whatever its digits", () => {
  const digits = fc.stringMatching(/^[1-9]\d{0,30}$/);
  const number = fc
    .tuple(
      fc.boolean(),
      digits,
      fc.option(fc.stringMatching(/^\d{1,25}$/)),
      fc.option(fc.integer({ min: -400, max: 400 })),
    )
    .map(([negative, whole, fraction, exponent]) =>
      [
        negative ? "-" : "",
        whole,
        fraction === null ? "" : `.${fraction}`,
        exponent === null ? "" : `e${exponent}`,
      ].join(""),
    );
  fc.assert(
    fc.property(number, fc.string(), (text, string) => {
      const parsed = parseJson(`{"a": [${text}], "s": ${JSON.stringify(string)}}`) as { a: [unknown]; s: string };
      const [value] = parsed.a;
      expect(parsed.s).toBe(string);
      if (rawText(value) !== undefined) expect(rawText(value)).toBe(text);
      else expect(canonical(String(value))).toBe(canonical(text));
    }),
  );
});

test("everything else is as JSON.parse has it", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(JSON.parse(jsonText(parseJson(json)))).toEqual(JSON.parse(json));
    }),
  );
});

test("strings and keys that look like numbers or marks stay strings", () => {
  const text =
    '{"number:1234567890123456789": "number:12345678901234567890", "__proto__": 12345678901234567890, "e": "1e5"}';
  const parsed = parseJson(text) as Record<string, unknown>;
  expect(Object.keys(parsed)).toEqual(["number:1234567890123456789", "__proto__", "e"]);
  expect(parsed["number:1234567890123456789"]).toBe("number:12345678901234567890");
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  expect(jsonText(parsed)).toContain('"__proto__":12345678901234567890');
});

test("text that is no JSON is a SyntaxError, long numbers or not", () => {
  for (const text of ["{", '{"a": 12345678901234567890', "[1e5,]", ""])
    expect(() => parseJson(text)).toThrow(SyntaxError);
});

/** A decimal number as digits and exponent, so that 1.50 and 15e-1 are the same. */
function canonical(text: string): string {
  const [, sign, whole, fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text)!;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const trimmed = digits.replace(/0+$/, "");
  return `${sign}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}

test("a whole number beyond 2^53 comes as text, even where a JavaScript number happens to hold it", () => {
  expect(parseJson("[9007199254740991,9007199254740994,-9007199254740994]")).toEqual([
    9007199254740991,
    rawJson("9007199254740994"),
    rawJson("-9007199254740994"),
  ]);
});
