import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchBytes } from "../../../sdk/batch/batch.js";
import { createPacker, pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import { rawJson } from "../../../sdk/raw-json.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { packableRow, tables } from "./rows.js";

function column(name: string, type: string, nullable = true): Column {
  return { name, type: parseType(type), nullable };
}

function packed(type: string, value: unknown): unknown {
  return unpack(pack([column("v", type)], [{ v: value }]))[0]?.v;
}

function refusal(type: string, value: unknown, nullable = true): unknown {
  try {
    pack([column("v", type, nullable)], [{ v: value }]);
  } catch (error) {
    return error;
  }
  return undefined;
}

test("what is packed comes out unchanged, whatever the types", () => {
  fc.assert(
    fc.property(tables, ({ columns, rows }) => {
      const batch = pack(
        columns,
        rows.map((row) => packableRow(row, columns)),
      );
      expect(batch.rows).toBe(rows.length);
      expect(unpack(batch)).toEqual(rows);
    }),
  );
});

test("a value in another natural form is the same value", () => {
  expect(packed("int64", 5)).toBe(5n);
  expect(packed("int64", "9223372036854775807")).toBe(9_223_372_036_854_775_807n);
  expect(packed("int32", rawJson("1e3"))).toBe(1000);
  expect(packed("decimal(6,2)", 12.5)).toBe("12.50");
  expect(packed("decimal(6,2)", "-12.500")).toBe("-12.50");
  expect(packed("float64", rawJson("0.1"))).toBe(0.1);
  expect(packed("string", 12)).toBe("12");
  expect(packed("string", { a: 1n })).toBe('{"a":1}');
  expect(packed("date", new Date("2024-02-29"))).toBe("2024-02-29");
  expect(packed("timestamp", new Date(1))).toBe("1970-01-01 00:00:00.001+00");
  expect(packed("timestamp", "2024-02-29T14:30:00.123456+02:30")).toBe("2024-02-29 12:00:00.123456+00");
  expect(packed("datetime", "2024-02-29T12:00")).toBe("2024-02-29 12:00:00");
  expect(packed("uuid", "0123456789ABCDEF0123456789abcdef")).toBe("01234567-89ab-cdef-0123-456789abcdef");
  expect(packed("json", { n: rawJson("1.10"), big: 2n ** 70n })).toBe('{"n":1.10,"big":1180591620717411303424}');
  expect(packed("json", "text")).toBe('"text"');
  expect(packed("list<int64>", [1, null, "2"])).toEqual([1n, null, 2n]);
});

describe("a value that its column cannot hold exactly is refused", () => {
  test.each([
    ["boolean", "true", "value.wrong_type"],
    ["int16", 32_768, "value.out_of_range"],
    ["int32", 1.5, "value.not_exact"],
    ["int64", 2 ** 53, "value.not_exact"],
    ["int64", 2n ** 63n, "value.out_of_range"],
    ["int64", "12a", "value.wrong_type"],
    ["int64", Number.NaN, "value.not_exact"],
    ["float32", 0.1, "value.not_exact"],
    ["float64", 2n ** 53n + 1n, "value.not_exact"],
    ["float64", "0.12345678901234567890", "value.not_exact"],
    ["float64", "1e999", "value.not_exact"],
    ["decimal(4,2)", 100, "value.out_of_range"],
    ["decimal(4,2)", "1.234", "value.not_exact"],
    ["decimal(38,0)", 2 ** 60, "value.not_exact"],
    ["string", "\ud800", "value.malformed"],
    ["string", "ä\udc00ä", "value.malformed"],
    ["json", { a: Number.POSITIVE_INFINITY }, "value.wrong_type"],
    ["binary", "AAAA", "value.wrong_type"],
    ["date", "2023-02-29", "value.malformed"],
    ["date", new Date(1), "value.not_exact"],
    ["date", new Date(Number.NaN), "value.malformed"],
    ["time", "24:00:01", "value.malformed"],
    ["timestamp", "2024-02-29T12:00:00", "value.malformed"],
    ["timestamp", "2024-02-29T12:00:00.1234567Z", "value.malformed"],
    ["timestamp", 1_700_000_000, "value.malformed"],
    ["datetime", "2024-02-29T12:00:00Z", "value.malformed"],
    ["datetime", new Date(0), "value.malformed"],
    ["timestamp", "300000-01-01T00:00:00Z", "value.out_of_range"],
    ["uuid", "0123", "value.malformed"],
    ["list<int64>", 5, "value.wrong_type"],
    ["list<int16>", [1, 40_000], "value.out_of_range"],
  ])("%s: %s", (type, value, code) => {
    expect(refusal(type, value)).toMatchObject({ kind: "data", code, column: "v", row: "1" });
  });

  test("null where none is allowed", () => {
    expect(refusal("int64", null, false)).toMatchObject({ code: "value.null" });
    expect(refusal("int64", undefined, false)).toMatchObject({ code: "value.null" });
  });

  test("the error names stream, column and the row by its key", () => {
    const columns = [column("id", "int64"), column("total", "decimal(4,2)")];
    const options = { stream: "shop.orders", primaryKey: ["id"] };
    expect(() => pack(columns, [{ id: 7, total: "1.005" }], options)).toThrow(
      expect.objectContaining({
        stream: "shop.orders",
        column: "total",
        row: "id=7",
        message:
          "stream 'shop.orders': column 'total' (decimal(4,2)), row id=7: 1.005 has more than 2 digits after the point",
      }),
    );
  });
});

test("a missing key is null, an unknown one an error or reported", () => {
  const columns = [column("a", "int64"), column("b", "int64")];
  expect(unpack(pack(columns, [{ b: 1 }]))).toEqual([{ a: null, b: 1n }]);
  expect(() => pack(columns, [{ a: 1, c: 2 }])).toThrow(
    expect.objectContaining({ code: "value.unknown_key", column: "c" }),
  );
  const unknown: unknown[] = [];
  pack(columns, [{ a: 1, c: 2 }], { onUnknownKey: (key, value) => unknown.push([key, value]) });
  expect(unknown).toEqual([["c", 2]]);
});

test("batches end at their limit of rows or of bytes, and no row is lost or reordered", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 200 })),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 1000 }),
      (texts, rows, bytes) => {
        const columns = [column("v", "string", false)];
        const packer = createPacker(columns, { limits: { rows, bytes } });
        const batches = [...texts.map((v) => packer.add({ v })), packer.flush()].filter((batch) => batch !== undefined);
        expect(batches.flatMap(unpack)).toEqual(texts.map((v) => ({ v })));
        for (const batch of batches) {
          expect(batch.rows).toBeLessThanOrEqual(rows);
          const values = unpack(batch);
          const withoutLast = pack(columns, values.slice(0, -1));
          expect(withoutLast.rows === 0 || batchBytes(withoutLast) < bytes + 8).toBe(true);
        }
      },
    ),
  );
});
