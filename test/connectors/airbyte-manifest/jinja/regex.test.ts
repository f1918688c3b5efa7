import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileTemplate, renderText } from "../../../../connectors/airbyte-manifest/jinja/template.js";
import { clock } from "./render.js";

const searching = compileTemplate("{{ text | regex_search(pattern) }}");
const replacing = compileTemplate("{{ text | regex_replace(pattern, by) }}");

function search(pattern: string, text: string): string {
  return renderText(searching, { pattern, text }, { clock });
}

function replace(pattern: string, by: string, text: string): string {
  return renderText(replacing, { pattern, by, text }, { clock });
}

const piece = fc.constantFrom("a", "b", "[ab]", "[^a]", ".", "(?:ab)", "(?:a|b)", "\\d", "(?=a)", "(?!b)", "1");
const counted = fc.tuple(piece, fc.constantFrom("", "", "*", "+?", "?", "{1,2}")).map((parts) => parts.join(""));
const pattern = fc
  .array(counted, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("").replaceAll(/\(\?[=!]\w\)[*+?{][^()]*$/g, ""));

test("patterns that mean the same in both languages match the same as JavaScript's", () => {
  return fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom("a", "b", "1", "c"), maxLength: 8 }), (source, text) => {
      fc.pre(!/\(\?[=!]\w\)[*+?{]/.test(source));
      expect(search(`(${source})`, text)).toBe(new RegExp(`(${source})`).exec(text)?.[1] ?? "");
      expect(replace(source, "<\\g<0>>", text)).toBe(text.replace(new RegExp(source, "g"), "<$&>"));
    }),
  );
});

describe("Python's own syntax", () => {
  test.each([
    ["(?P<y>\\d{4})-(?P=y)", "2024-2024", "2024"],
    ["(?i)(ABC)", "xabc", "abc"],
    ["(?i:a)(B)", "AB", "B"],
    ["(?x) ( \\d+ ) # digits", "a12", "12"],
    ["\\A(a)\\Z", "a\n", ""],
    ["(a)$", "a\n", "a"],
    ["(?<=x)(a+)", "aaxaa", "aa"],
    ["(?>a+)(b)", "aab", "b"],
    ["(a++)(a)", "aaa", ""],
    ["(a)?(?(1)b|c)d", "cd", "None"],
    ["(\\w+)", "-héß_1-", "héß_1"],
    ["rel=next", "rel=next", ""],
    ["([^&]+)&?", "é😀&x", "é😀"],
  ])("%s in %j", (source, text, group) => expect(search(source, text)).toBe(group));

  test("a replacement names groups", () => {
    expect(replace("(?P<a>\\w)(\\w)", "\\2\\g<a>\\n", "abcd")).toBe("ba\ndc\n");
    expect(replace("x*", "-", "abxd")).toBe("-a-b--d-");
  });

  test.each(["(", "*a", "a**", "[a", "\\q", "(?P=n)", "(?<=a+)", "(?P<n>a)(?P<n>b)", "a{2,1}"])(
    "%s is refused",
    (source) => {
      expect(() => search(source, "a")).toThrow(expect.objectContaining({ code: "template.failed" }));
    },
  );
});

test("a pattern that backtracks without end runs out of steps", () => {
  for (const source of ["(a+)+$", "(a|a)*c", "(?:a*)*b"]) {
    expect(() => search(source, `${"a".repeat(40)}!`), source).toThrow(
      expect.objectContaining({ code: "template.limit" }),
    );
  }
});

test("a long text is searched without going deep", () => {
  expect(search("x=(.*);", `x=${"y".repeat(100_000)};`)).toHaveLength(100_000);
});
