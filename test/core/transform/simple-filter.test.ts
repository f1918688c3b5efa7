import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FilterError } from "../../../core/transform/filter-tokens.js";
import { parseFilter } from "../../../core/transform/simple-filter.js";
import type { Predicate } from "../../../sdk/source.js";

describe("parseFilter", () => {
  it("reads comparisons joined by and", () => {
    expect(parseFilter("status <> 'test' and total > 5 AND x is not null and y in ('a', 'b') and z IS NULL")).toEqual([
      { column: "status", operator: "<>", values: ["test"] },
      { column: "total", operator: ">", values: ["5"] },
      { column: "x", operator: "is_not_null", values: [] },
      { column: "y", operator: "in", values: ["a", "b"] },
      { column: "z", operator: "is_null", values: [] },
    ]);
  });

  it("keeps names as written, and takes any name in double quotes", () => {
    expect(parseFilter(`"Order ""No""" = 1 and Größe <= 2`)).toEqual([
      { column: 'Order "No"', operator: "=", values: ["1"] },
      { column: "Größe", operator: "<=", values: ["2"] },
    ]);
  });

  it("keeps every digit of a number and every character of a text", () => {
    const [number, text] = parseFilter("a = -12345678901234567890.50 and b = 'it''s; -- \"x\"'");
    expect(number?.values).toEqual(["-12345678901234567890.50"]);
    expect(text?.values).toEqual([`it's; -- "x"`]);
  });

  it("takes typed literals, booleans, != and between", () => {
    expect(parseFilter("d >= date '2026-01-01' and ok = TRUE and a != 1 and b between 2 and 3")).toEqual([
      { column: "d", operator: ">=", values: ["2026-01-01"] },
      { column: "ok", operator: "=", values: ["true"] },
      { column: "a", operator: "<>", values: ["1"] },
      { column: "b", operator: ">=", values: ["2"] },
      { column: "b", operator: "<=", values: ["3"] },
    ]);
  });

  it("reads back whatever predicates are written as", () => {
    const column = fc.string({ minLength: 1, unit: "binary" });
    const comparison = fc.record({
      column,
      operator: fc.constantFrom("=", "<>", "<", "<=", ">", ">=") as fc.Arbitrary<Predicate["operator"]>,
      values: fc.tuple(fc.string({ unit: "binary" })),
    });
    const membership = fc.record({
      column,
      operator: fc.constant<Predicate["operator"]>("in"),
      values: fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 5 }),
    });
    const nullness = fc.record({
      column,
      operator: fc.constantFrom("is_null", "is_not_null") as fc.Arbitrary<Predicate["operator"]>,
      values: fc.constant([]),
    });
    const filter = fc.array(fc.oneof(comparison, membership, nullness), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(filter, (predicates) => {
        expect(parseFilter(predicates.map(written).join(" and "))).toEqual(predicates);
      }),
    );
  });

  it("never answers with anything but predicates or a FilterError inside the text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parseFilter(text).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError);
          expect((error as FilterError).offset).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });

  it.each([
    ["a = 1 or b = 2", 6, "or"],
    ["lower(a) = 'x'", 0, "functions"],
    ["a = b", 4, "expected a value"],
    ["a = null", 4, "null"],
    ["a like 'x%'", 2, "comparison"],
    ["a = 'x", 4, "does not end"],
    ["a in ()", 6, "expected a value"],
    ["a =", 3, "the end"],
    ["a = 1; drop table x", 5, "not understood"],
    ["", 0, "expected a column"],
    ["(a = 1)", 0, "expected a column"],
    ["a is 1", 5, "null"],
  ])("refuses %j, pointing at character %d", (text, offset, words) => {
    const refusal = refusalOf(text);
    expect(refusal.offset).toBe(offset);
    expect(refusal.message).toContain(words);
    expect(refusal.hint).toBeTruthy();
  });
});

function written({ column, operator, values }: Predicate): string {
  const name = `"${column.replaceAll('"', '""')}"`;
  const literals = values.map((value) => `'${value.replaceAll("'", "''")}'`);
  if (operator === "is_null") return `${name} is null`;
  if (operator === "is_not_null") return `${name} is not null`;
  return operator === "in" ? `${name} in (${literals.join(", ")})` : `${name} ${operator} ${literals[0]}`;
}

function refusalOf(text: string): FilterError {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError) return error;
  }
  throw new Error(`'${text}' was not refused`);
}
