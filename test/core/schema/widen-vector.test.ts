import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { widening } from "../../../core/schema/widen-vector.js";
import { valueText } from "../../../sdk/batch/value-text.js";
import type { FixedVector } from "../../../sdk/batch/vector.js";
import { parseType } from "../../../sdk/schema/column-type.js";

function int32(values: readonly (number | null)[]): FixedVector {
  const data = new Int32Array(values.map((value) => value ?? 0));
  const validity = new Uint8Array((values.length + 7) >> 3);
  for (const [row, value] of values.entries()) if (value !== null) validity[row >> 3]! |= 1 << (row & 7);
  return { layout: "fixed", width: 4, data: new Uint8Array(data.buffer), validity };
}

function texts(type: string, to: string, values: readonly (number | null)[]): (string | null)[] {
  const widened = widening(parseType(type), parseType(to))(int32(values), values.length);
  return values.map((value, row) => (value === null ? null : valueText(widened, parseType(to), row)));
}

describe("widening a vector", () => {
  it("keeps every integer, in each wider type", () => {
    const values = fc.array(fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        values,
        fc.constantFrom("int64", "float64", "string", "decimal(10,0)", "decimal(38,0)"),
        (rows, to) => {
          expect(texts("int32", to, rows)).toEqual(rows.map((value) => (value === null ? null : String(value))));
        },
      ),
    );
  });

  it("scales a decimal", () => {
    expect(texts("int32", "decimal(12,2)", [-7, 0, 2147483647])).toEqual(["-7.00", "0.00", "2147483647.00"]);
    expect(texts("int32", "decimal(38,20)", [-7])).toEqual([`-7.${"0".repeat(20)}`]);
  });

  it("turns a date into its midnight, and keeps infinity", () => {
    expect(texts("date", "datetime", [0, -719_528, 2_147_483_647])).toEqual([
      "1970-01-01 00:00:00",
      "0001-01-01 00:00:00 BC",
      "infinity",
    ]);
  });

  it("refuses a pair outside the lattice", () => {
    expect(() => widening(parseType("int64"), parseType("int32"))).toThrowError(
      expect.objectContaining({ code: "type.no_widening" }),
    );
  });
});
