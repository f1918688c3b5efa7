import fc from "fast-check";
import { expect, test } from "vitest";
import { writeUnescaped } from "../../../sdk/json/unescape.js";

function read(json: string): string | undefined {
  const bytes = Buffer.from(json);
  const target = Buffer.alloc(bytes.length);
  const length = writeUnescaped(bytes, 1, bytes.length - 1, target, 0);
  return length < 0 ? undefined : target.toString("utf8", 0, length);
}

/** Every way to write a character, now and then. */
const written = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 3 }).map((text) => JSON.stringify(text).slice(1, -1)),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`),
    fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => `\\u${unit.toString(16).toUpperCase()}`),
    fc.constantFrom("\\/", '\\"', "\\\\", "\\b", "\\f", "\\n", "\\r", "\\t", "\\ud83d\\ude00"),
  ),
);

test("a string reads as JSON.parse reads it, and not at all with half of a surrogate pair in it", () => {
  fc.assert(
    fc.property(written, (parts) => {
      const json = `"${parts.join("")}"`;
      const text = JSON.parse(json) as string;
      expect(read(json)).toBe(/\p{Surrogate}/u.test(text) ? undefined : text);
    }),
    { numRuns: 500 },
  );
});
