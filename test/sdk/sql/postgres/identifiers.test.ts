import fc from "fast-check";
import { expect, test } from "vitest";
import { quoteIdentifier, quoteLiteral, quoteTable } from "../../../../sdk/sql/postgres/identifiers.js";

test("a quoted identifier ends only where it should, whatever the name", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      fc.pre(!name.includes("\0"));
      const quoted = quoteIdentifier(name);
      expect(quoted.slice(1, -1).replaceAll('""', "")).not.toContain('"');
      expect(quoted.slice(1, -1).replaceAll('""', '"')).toBe(name);
    }),
  );
});

test("a table is quoted part by part", () => {
  expect(quoteTable({ schema: 'a"b', name: "c.d" })).toBe('"a""b"."c.d"');
  expect(quoteTable({ name: "Orders" })).toBe('"Orders"');
});

test("a literal with a backslash is an escape string, so that standard_conforming_strings does not matter", () => {
  expect(quoteLiteral("it's")).toBe("'it''s'");
  expect(quoteLiteral("a\\'b")).toBe(" E'a\\\\''b'");
});

test("what Postgres cannot hold is refused", () => {
  expect(() => quoteIdentifier("")).toThrow(expect.objectContaining({ code: "postgres.name_invalid" }));
  expect(() => quoteIdentifier("a\0b")).toThrow(expect.objectContaining({ code: "postgres.name_invalid" }));
  expect(() => quoteLiteral("a\0b")).toThrow(expect.objectContaining({ code: "postgres.text_invalid" }));
});
