import fc from "fast-check";
import { expect, it } from "vitest";
import { endOfValue, incomplete, isJsonProblem } from "../../../sdk/json/json-scan.js";
import { endOfNested } from "../../../sdk/json/plain-token.js";

/** Where a value ends that stands alone; undefined where none does. */
function careful(bytes: Buffer): number | undefined {
  try {
    const end = endOfValue(bytes, 0, bytes.length, true);
    return end === incomplete ? undefined : end;
  } catch (error) {
    if (isJsonProblem(error)) return undefined;
    throw error;
  }
}

/** The same, 0 where it is left to the careful scanner. */
function quick(bytes: Buffer): number | undefined {
  try {
    return endOfNested(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0);
  } catch (error) {
    if (isJsonProblem(error)) return undefined;
    throw error;
  }
}

const space = fc.constantFrom("", "", "", " ", "\n\t", "\r");
const token = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    "null",
    "true",
    "false",
    "0",
    "-1.50",
    "12345678901234567890",
    "-0",
    '"\\u00e9\\/"',
    "1e5",
    "-2.5E-3",
  ),
);
const { nested } = fc.letrec<{ value: string; nested: string }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, token, tie("nested")),
  nested: fc
    .tuple(
      fc.boolean(),
      fc.array(fc.tuple(space, tie("value"), space, fc.string({ maxLength: 9 })), { maxLength: 4 }),
      space,
    )
    .map(([isObject, items, gap]) => {
      const texts = items.map(([before, value, behind, key]) =>
        isObject ? `${before}${JSON.stringify(key)}${behind}:${before}${value}${behind}` : `${before}${value}${behind}`,
      );
      return isObject ? `{${texts.join(",") || gap}}` : `[${texts.join(",") || gap}]`;
    }),
}));

it("nested values end where the careful scanner says", () => {
  let known = 0;
  fc.assert(
    fc.property(nested, fc.string({ maxLength: 5 }), (text, behind) => {
      const bytes = Buffer.from(text + behind);
      const end = quick(bytes);
      if (end === 0) expect([text, /\d[eE]/.test(text)]).toEqual([text, true]);
      else expect([text, end]).toEqual([text, careful(bytes)]);
      if (end !== 0) known++;
    }),
    { numRuns: 3000 },
  );
  expect(known).toBeGreaterThan(1500);
});

it("what is no JSON, or not whole, never ends", () => {
  const letters = fc.constantFrom(...'0123456789-+.eE_ :,"\\{}[]tfnu\0\n', "");
  const edits = fc.array(fc.tuple(fc.nat(60), fc.nat(2), letters), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(nested, edits, (text, changes) => {
      const edited = changes.reduce(
        (before, [at, cut, added]) => before.slice(0, at) + added + before.slice(at + cut),
        text,
      );
      fc.pre(edited[0] === "{" || edited[0] === "[");
      const bytes = Buffer.from(edited);
      const end = quick(bytes);
      if (end !== 0) expect([edited, end]).toEqual([edited, careful(bytes)]);
    }),
    { numRuns: 20_000 },
  );
});

it("deep nesting is left to the careful scanner", () => {
  expect(quick(Buffer.from("[".repeat(20) + "]".repeat(20)))).toBe(40);
  expect(quick(Buffer.from("[".repeat(40) + "]".repeat(40)))).toBe(0);
});
