import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonType, widens } from "../../../core/schema/lattice.js";
import { widening } from "../../../core/schema/widen-vector.js";
import { pack } from "../../../sdk/batch/pack.js";
import { valueText } from "../../../sdk/batch/value-text.js";
import { rawJson } from "../../../sdk/raw-json.js";
import { type ColumnType, formatType, list, parseType, scalar, scalarKinds } from "../../../sdk/schema/column-type.js";
import { edgeValues } from "../../../sdk/testing/edge-values.js";

const scalarType = fc.constantFrom(...scalarKinds).map(scalar);
const decimalType = fc
  .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38))
  .filter(([precision, scale]) => scale <= precision)
  .map(([precision, scale]): ColumnType => ({ kind: "decimal", precision, scale }));
const flat = fc.oneof(scalarType, decimalType);
const anyType = fc.oneof(flat, flat.map(list));

/** What a text says, whichever of two types wrote it; as text, everything is itself. */
function meaning(text: string, from: ColumnType, to: ColumnType): string | number {
  switch (to.kind) {
    case "float64":
    case "float32":
      return from.kind === "float32" ? Math.fround(Number(text)) : Number(text);
    case "decimal":
      return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
    case "datetime":
      return text.length === 10 ? `${text} 00:00:00` : text;
    default:
      return text;
  }
}

describe("the widening lattice", () => {
  it.each([
    ["int16", "int64", "int64"],
    ["int32", "int16", "int32"],
    ["int32", "float64", "float64"],
    ["int64", "float64", "string"],
    ["float32", "float64", "float64"],
    ["int64", "decimal(12,2)", "decimal(21,2)"],
    ["decimal(10,2)", "decimal(12,6)", "decimal(14,6)"],
    ["decimal(38,0)", "decimal(38,10)", "string"],
    ["date", "datetime", "datetime"],
    ["date", "timestamp", "string"],
    ["list<int32>", "list<int64>", "list<int64>"],
    ["list<int32>", "json", "json"],
    ["boolean", "int32", "string"],
  ])("%s and %s meet in %s", (a, b, both) => {
    expect(formatType(commonType(parseType(a), parseType(b)))).toBe(both);
  });

  it("is commutative, idempotent and an upper bound of both", () => {
    fc.assert(
      fc.property(anyType, anyType, (a, b) => {
        const both = commonType(a, b);
        expect(formatType(commonType(b, a))).toBe(formatType(both));
        expect(commonType(a, a)).toEqual(a);
        expect(widens(a, both) && widens(b, both)).toBe(true);
      }),
    );
  });

  it("is associative: three types meet in one, whichever two meet first", () => {
    fc.assert(
      fc.property(anyType, anyType, anyType, (a, b, c) => {
        const [left, right] = [commonType(commonType(a, b), c), commonType(a, commonType(b, c))];
        expect(formatType(left)).toBe(formatType(right));
      }),
      { numRuns: 2000 },
    );
  });

  it("never loses a value: every edge of a type stands in the common type, and stays distinct", () => {
    fc.assert(
      fc.property(flat, anyType, (from, other) => {
        const to = commonType(from, other);
        const values = edgeValues(from).map((value) => (from.kind === "json" ? rawJson(value as string) : value));
        const { vectors, rows } = pack(
          [{ name: "v", type: from, nullable: true }],
          values.map((v) => ({ v })),
        );
        const widened = widening(from, to)(vectors[0]!, rows);
        const before = values.map((_, row) => valueText(vectors[0]!, from, row));
        const after = values.map((_, row) => valueText(widened, to, row));
        expect(after.map((text) => meaning(text, from, to))).toEqual(before.map((text) => meaning(text, from, to)));
        expect(new Set(after).size).toBe(new Set(before).size);
      }),
    );
  });

  it("lets two types widen to each other only when they are one type", () => {
    fc.assert(
      fc.property(anyType, anyType, (a, b) => {
        if (widens(a, b) && widens(b, a)) expect(formatType(a)).toBe(formatType(b));
      }),
    );
  });
});
