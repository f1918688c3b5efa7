import { describe, expect, it } from "vitest";
import { packColumns } from "../../../core/nested/pack-columns.js";
import { valueText } from "../../../sdk/batch/value-text.js";
import { isNull } from "../../../sdk/batch/vector.js";
import { parseType } from "../../../sdk/schema/column-type.js";

describe("packing rows column by column", () => {
  it.each([
    ["string", ["a", "\ud800", "b"], ["a", null, "b"]],
    ["json", [["a"], ["x".repeat(70_000), Number.NaN], ["b"]], ['["a"]', null, '["b"]']],
    ["int64", [1, 1.5, 2], ["1", null, "2"]],
  ])("has a null where %s cannot hold a value, and the others in their rows", (type, values, expected) => {
    const column = { name: "v", type: parseType(type), nullable: true };
    const misfits: number[] = [];
    const rows = values.map((v) => ({ v }));
    const [vector] = packColumns([column], rows, (at) => misfits.push(at));
    expect(misfits).toEqual([1]);
    expect(expected.map((_, row) => (isNull(vector!, row) ? null : valueText(vector!, column.type, row)))).toEqual(
      expected,
    );
  });
});
