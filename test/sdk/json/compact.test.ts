import fc from "fast-check";
import { expect, test } from "vitest";
import { compactText, hasSpace } from "../../../sdk/json/compact.js";

test("white space between tokens goes, and nothing within strings", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1, "\t", " \r\n"), (value, gap) => {
      const spaced = Buffer.from(`${JSON.stringify(value, undefined, gap)}`);
      expect(compactText(spaced)).toBe(JSON.stringify(value));
      expect(hasSpace(spaced, 0, spaced.length)).toBe(spaced.toString() !== JSON.stringify(value));
    }),
  );
});

test("numbers and strings keep the form in which they are written", () => {
  expect(compactText(Buffer.from(String.raw`{ "a b" : [ 1.0 , 1E2, "\u00e9 \" , \\" ] }`))).toBe(
    String.raw`{"a b":[1.0,1E2,"\u00e9 \" , \\"]}`,
  );
});
