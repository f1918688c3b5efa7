import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokenizer } from "../../../core/transform/tokenize.js";

const token = tokenizer("a key");

describe("tokens", () => {
  it("keep the shape: digits stay digits, letters keep case and script, and all else stands as it is", () => {
    const unit = fc.constantFrom(..."09azAZ-_@. ñÑяЯ漢٣😀");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 120 }), (text) => {
        expect(shapeOf(token(text))).toBe(shapeOf(text));
      }),
    );
  });

  it("are the same for the same text and key, and others for another key", () => {
    const text = "Jane.Doe-1975@example.com";
    expect(token(text)).toBe(tokenizer("a key")(text));
    expect(token(text)).not.toBe(tokenizer("another key")(text));
    expect(token(text)).not.toBe(text);
  });

  it.each([
    ["one digit", 10, (n: number) => String(n)],
    ["four digits and a dash", 10_000, (n: number) => `${String(n).padStart(4, "0").replace(/^../, "$&-")}`],
    ["a letter and a digit", 260, (n: number) => String.fromCharCode(97 + Math.floor(n / 10)) + (n % 10)],
  ])("are a permutation of all texts of one shape: %s", (_, count, textOf) => {
    const tokens = new Set(Array.from({ length: count }, (_, n) => token(textOf(n))));
    expect(tokens.size).toBe(count);
  });

  it("tell two long texts apart that differ in one place", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 199 }), fc.integer({ min: 0, max: 8 }), (at, digit) => {
        const other = `${"9".repeat(at)}${digit}${"9".repeat(199 - at)}`;
        expect(token(other)).not.toBe(token("9".repeat(200)));
      }),
    );
  });

  it("use every digit in every place about equally often", () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 5000; n++) for (const [at, c] of [...token(String(10_000_000 + n))].entries()) add(`${at}${c}`);
    for (let at = 0; at < 8; at++) {
      for (let digit = 0; digit < 10; digit++) expect(counts.get(`${at}${digit}`)).toBeGreaterThan(350);
    }
    function add(key: string): void {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  });
});

function shapeOf(text: string): string {
  const kinds: [RegExp, string][] = [
    [/[0-9]/, "0"],
    [/[a-z]/, "a"],
    [/[A-Z]/, "A"],
  ];
  return [...text].map((c) => kinds.find(([kind]) => kind.test(c))?.[1] ?? categoryOf(c)).join("");
}

function categoryOf(character: string): string {
  return ["Lu", "Ll", "Lo", "Nd"].find((name) => new RegExp(`\\p{${name}}`, "u").test(character)) ?? character;
}
