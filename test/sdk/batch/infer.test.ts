import fc from "fast-check";
import { expect, test } from "vitest";
import { commonType } from "../../../core/schema/lattice.js";
import { createInference, inferColumns } from "../../../sdk/batch/infer.js";
import { pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import { rawJson } from "../../../sdk/raw-json.js";
import { formatType } from "../../../sdk/schema/column-type.js";

function inferred(...values: unknown[]): string {
  return inferColumns(values.map((v) => ({ v })))
    .map(({ type }) => formatType(type))
    .join();
}

test.each([
  ["int64", [1, -5, 2n ** 62n, rawJson("12")]],
  ["decimal(20,0)", [1, 2n ** 65n]],
  ["float64", [1, 2.5]],
  ["float64", [Number.NaN, 1]],
  ["float64", [1e20, 1]],
  ["float64", [rawJson("1.10"), 2.5]],
  ["decimal(22,2)", [rawJson("12345678901234567890.12"), 3]],
  ["decimal(20,1)", [2n ** 63n - 1n, 1.5]],
  ["string", [2n ** 200n]],
  ["string", [Number.NaN, 2n ** 65n + 1n]],
  ["boolean", [true, false]],
  ["string", [true, 1]],
  ["string", ["2024-02-29"]],
  ["timestamp", [new Date()]],
  ["binary", [new Uint8Array(1)]],
  ["json", [{ a: 1 }, [1]]],
  ["string", [{ a: 1 }, "x"]],
  ["", [null, undefined]],
])("%s holds %s", (type, values) => {
  expect(inferred(...values)).toBe(type);
});

const values = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => rawJson(String(number))),
  fc.tuple(fc.bigInt(), fc.nat()).map(([whole, fraction]) => rawJson(`${whole}.${fraction}`)),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array(),
  fc.jsonValue().filter((value) => typeof value === "object"),
);

test("every row fits the columns inferred from all of them", () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.constantFrom("a", "b", "c"), values)), (rows) => {
      const batch = pack(inferColumns(rows), rows, { onUnknownKey: (_, value) => expect(value).toBeNull() });
      expect(unpack(batch)).toHaveLength(rows.length);
    }),
  );
});

test("a type once told only widens along the lattice, and goes on to fit every row", () => {
  fc.assert(
    fc.property(fc.array(values, { minLength: 1 }), (all) => {
      const inference = createInference();
      let told = inference.columns()[0];
      for (const [i, v] of all.entries()) {
        const changed = inference.see({ v });
        const next = inference.columns()[0];
        if (told !== undefined && next !== undefined) expect(commonType(told.type, next.type)).toEqual(next.type);
        if (!changed) expect(next).toEqual(told);
        told = next;
        const rows = all.slice(0, i + 1).map((value) => ({ v: value }));
        if (told !== undefined) pack([told], rows);
      }
    }),
  );
});
