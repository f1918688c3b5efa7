import fc from "fast-check";
import { expect, test } from "vitest";
import { quoteIdentifier, quoteLiteral, quoteTable } from "../../../../sdk/sql/duckdb/identifiers.js";

test("a quoted name or text ends only where it should, whatever it holds", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      fc.pre(!text.includes("\0"));
      expect(quoteIdentifier(text).slice(1, -1).replaceAll('""', "")).not.toContain('"');
      expect(quoteIdentifier(text).slice(1, -1).replaceAll('""', '"')).toBe(text);
      expect(quoteLiteral(text).slice(1, -1).replaceAll("''", "")).not.toContain("'");
      expect(quoteLiteral(text).slice(1, -1).replaceAll("''", "'")).toBe(text);
    }),
  );
});

test("a table is quoted part by part", () => {
  expect(quoteTable({ schema: 'a"b', name: "c.d" })).toBe('"a""b"."c.d"');
  expect(quoteTable({ name: "Orders" })).toBe('"Orders"');
});

test("what DuckDB cannot hold is refused", () => {
  expect(() => quoteIdentifier("")).toThrow(expect.objectContaining({ code: "duckdb.name_invalid" }));
  expect(() => quoteIdentifier("a\0b")).toThrow(expect.objectContaining({ code: "duckdb.name_invalid" }));
  expect(() => quoteLiteral("a\0b")).toThrow(expect.objectContaining({ code: "duckdb.text_invalid" }));
});
