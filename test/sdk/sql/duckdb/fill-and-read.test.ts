import duckdb from "@duckdb/node-bindings";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Batch } from "../../../../sdk/batch/batch.js";
import type { Vector } from "../../../../sdk/batch/vector.js";
import { type ColumnType, formatType, parseType, scalarKinds } from "../../../../sdk/schema/column-type.js";
import { byteSink } from "../../../../sdk/sql/duckdb/byte-sink.js";
import { checkText } from "../../../../sdk/sql/duckdb/check-text.js";
import { openColumn } from "../../../../sdk/sql/duckdb/chunk-column.js";
import { columnGatherer } from "../../../../sdk/sql/duckdb/column-gatherer.js";
import { fillVector, vectorRows, vectorType } from "../../../../sdk/sql/duckdb/fill.js";
import { layoutIsKnown, openStrings, readStrings, writeStrings } from "../../../../sdk/sql/duckdb/layout.js";
import { canonicalRows, repack } from "../../../../sdk/testing/canonical-rows.js";
import { edgeValues, extremeValues } from "../../../../sdk/testing/edge-values.js";

const types = [
  ...scalarKinds,
  ...["decimal(4,2)", "decimal(9,0)", "decimal(18,18)", "decimal(38,10)"],
  ...["list<string>", "list<boolean>", "list<decimal(3,1)>", "list<list<uuid>>"],
].map(parseType);

/** Rows [from, to) of a column, through a DuckDB vector and back. */
function throughDuckdb(type: ColumnType, vector: Vector, from: number, to: number): Vector {
  const between = duckdb.create_vector(vectorType(type), vectorRows);
  fillVector(between, { name: "c" }, type, vector, from, to - from);
  const gatherer = columnGatherer(type, { rows: 1, bytes: 0 });
  const opened = openColumn(between, type, to - from);
  // In two pieces, so that the second begins in the middle of a byte of validity.
  const middle = Math.floor((to - from) / 3);
  gatherer.append(opened, 0, middle);
  gatherer.append(opened, middle, to - from);
  return gatherer.finish();
}

describe.each(types.map((type) => [formatType(type), type] as const))("%s", (_, type) => {
  const values = [null, ...edgeValues(type), ...extremeValues(type)];
  const columns = [{ name: "c", type, nullable: true }];

  test("any slice of a column comes back from DuckDB as it was", () => {
    const column = fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(column, fc.nat(), fc.nat(), (cells, a, b) => {
        const batch = repack(
          columns,
          cells.map((c) => ({ c })),
        );
        const [from, to] = [a % (cells.length + 1), b % (cells.length + 1)].sort((x, y) => x - y) as [number, number];
        const back = throughDuckdb(type, batch.vectors[0]!, from, to);
        const rows = canonicalRows({ rows: to - from, columns, vectors: [back] });
        expect(rows).toEqual(canonicalRows(batch).slice(from, to));
      }),
      { numRuns: 60 },
    );
  });
});

describe("strings", () => {
  const bytes = fc.array(fc.oneof(fc.uint8Array({ maxLength: 14 }), fc.uint8Array({ maxLength: 200 })), {
    maxLength: 50,
  });

  test("DuckDB lays them out as is known", () => {
    expect(layoutIsKnown).toBe(true);
  });

  test.each([
    [true, false],
    [false, true],
    [true, true],
    [false, false],
  ])("written compactly %s and read compactly %s, they are the same", (written, read) => {
    fc.assert(
      fc.property(bytes, (texts) => {
        const data = new Uint8Array(Buffer.concat(texts));
        const offsets = new Int32Array(texts.length + 1);
        for (const [i, text] of texts.entries()) offsets[i + 1] = offsets[i]! + text.length;
        const vector = duckdb.create_vector(duckdb.create_logical_type(duckdb.Type.BLOB), vectorRows);
        writeStrings(vector, { offsets, data, validity: undefined }, 0, texts.length, written);
        const sink = byteSink(0, 0);
        readStrings(openStrings(vector, undefined, texts.length), 0, texts.length, sink, read);
        expect(sink.data.subarray(0, sink.length)).toEqual(data);
        expect(sink.offsets.subarray(0, sink.rows + 1)).toEqual(offsets);
      }),
    );
  });
});

describe("text that is not UTF-8", () => {
  const type = parseType("string");
  const columns = [{ name: "note", type, nullable: true }];
  const batchOf = (texts: readonly Uint8Array[], validity?: Uint8Array): Batch => {
    const offsets = new Int32Array(texts.length + 1);
    for (const [i, text] of texts.entries()) offsets[i + 1] = offsets[i]! + text.length;
    const data = new Uint8Array(Buffer.concat(texts));
    return { rows: texts.length, columns, vectors: [{ layout: "bytes", offsets, data, validity }] };
  };

  test("is refused, with column and row", () => {
    const batch = batchOf([Buffer.from("fine"), Uint8Array.of(0x61, 0xff)]);
    expect(() => checkText(batch)).toThrow(
      expect.objectContaining({ code: "duckdb.invalid_utf8", kind: "data", column: "note" }),
    );
  });

  test("is found where two values together would be a character", () => {
    const [first, second] = [Uint8Array.of(0xc3), Uint8Array.of(0xa9)];
    expect(() => checkText(batchOf([first, second]))).toThrow(expect.objectContaining({ code: "duckdb.invalid_utf8" }));
  });

  test("may stand under a null", () => {
    const long = Buffer.from("a text that is longer than a header");
    const batch = batchOf([long, Uint8Array.of(0xff, 0xfe), long], Uint8Array.of(0b101));
    expect(() => checkText(batch)).not.toThrow();
    const back = throughDuckdb(type, batch.vectors[0]!, 0, 3);
    expect(canonicalRows({ rows: 3, columns, vectors: [back] })).toEqual([
      { note: String(long) },
      { note: null },
      { note: String(long) },
    ]);
  });
});

test("a number with more digits than its decimal type has is refused", () => {
  const data = new Uint8Array(new BigInt64Array([10_000n]).buffer);
  const vector = duckdb.create_vector(vectorType(parseType("decimal(4,2)")), vectorRows);
  const fill = () =>
    fillVector(
      vector,
      { name: "c" },
      parseType("decimal(4,2)"),
      { layout: "fixed", width: 8, data, validity: undefined },
      0,
      1,
    );
  expect(fill).toThrow(expect.objectContaining({ code: "duckdb.value_refused", column: "c" }));
});
