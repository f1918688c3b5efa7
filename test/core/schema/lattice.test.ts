import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonType, widens } from "../../../core/schema/lattice.js";
import { type ColumnType, formatType, list, parseType, scalar, scalarKinds } from "../../../sdk/schema/column-type.js";

const scalarType = fc.constantFrom(...scalarKinds).map(scalar);
const decimalType = fc
  .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38))
  .filter(([precision, scale]) => scale <= precision)
  .map(([precision, scale]): ColumnType => ({ kind: "decimal", precision, scale }));
const flat = fc.oneof(scalarType, decimalType);
const anyType = fc.oneof(flat, flat.map(list));

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

  it("lets two types widen to each other only when they are one type", () => {
    fc.assert(
      fc.property(anyType, anyType, (a, b) => {
        if (widens(a, b) && widens(b, a)) expect(formatType(a)).toBe(formatType(b));
      }),
    );
  });
});
