import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Batch } from "../../../../sdk/batch/batch.js";
import type { SpareMemory } from "../../../../sdk/batch/memory.js";
import { vectorBytes } from "../../../../sdk/batch/vector.js";
import { type ColumnType, decimal, list, scalar } from "../../../../sdk/schema/column-type.js";
import { type CopyBlock, copySlack } from "../../../../sdk/sql/postgres/copy-block.js";
import { copyDecoder } from "../../../../sdk/sql/postgres/copy-decode.js";
import type { CatalogColumn } from "../../../../sdk/sql/postgres/table-columns.js";
import { typeOid } from "../../../../sdk/sql/postgres/types.js";
import { canonicalRows } from "../../../../sdk/testing/canonical-rows.js";
import { checkBatch } from "../../../../sdk/testing/check-batch.js";

/** A value as the server sends it, and the canonical text that must come out. */
interface Sample {
  readonly bytes: Buffer | null;
  readonly text: string | null;
}

interface Kind {
  readonly type: ColumnType;
  readonly oid: number;
  readonly sample: fc.Arbitrary<Sample>;
}

const kinds: readonly Kind[] = [
  {
    type: scalar("boolean"),
    oid: typeOid.boolean,
    sample: fc.boolean().map((value) => ({ bytes: Buffer.from([value ? 1 : 0]), text: String(value) })),
  },
  { type: scalar("int16"), oid: typeOid.smallint, sample: integers(2) },
  { type: scalar("int32"), oid: typeOid.integer, sample: integers(4) },
  { type: scalar("int64"), oid: typeOid.bigint, sample: integers(8) },
  { type: scalar("string"), oid: typeOid.text, sample: texts(0) },
  { type: scalar("json"), oid: typeOid.jsonb, sample: texts(1) },
  {
    type: scalar("binary"),
    oid: typeOid.bytea,
    sample: fc
      .uint8Array({ maxLength: 100 })
      .map((bytes) => ({ bytes: Buffer.from(bytes), text: `\\x${Buffer.from(bytes).toString("hex")}` })),
  },
  {
    type: scalar("float64"),
    oid: typeOid.double,
    sample: fc.double({ noNaN: true, noDefaultInfinity: true }).map(double),
  },
  ...[
    [15, 2],
    [18, 0],
    [18, 18],
    [10, 7],
    [38, 10],
    [38, 0],
    [38, 38],
    [19, 1],
  ].map(([precision, scale]) => ({
    type: decimal(precision!, scale!),
    oid: typeOid.numeric,
    sample: decimals(precision!, scale!),
  })),
];

const nullable = (sample: fc.Arbitrary<Sample>) => fc.option(sample, { nil: { bytes: null, text: null }, freq: 8 });
const listed: readonly Kind[] = kinds.slice(0, 9).map(({ type, oid, sample }) => ({
  type: list(type),
  oid,
  sample: fc
    .array(nullable(sample), { maxLength: 5 })
    .map((items) => ({ bytes: array(oid, items), text: JSON.stringify(items.map(({ text }) => text)) })),
}));

const tables = fc
  .array(fc.constantFrom(...kinds, ...listed), { minLength: 1, maxLength: 6 })
  .chain((columns) =>
    fc.tuple(
      fc.constant(columns),
      fc.array(fc.tuple(...columns.map(({ sample }) => nullable(sample))), { maxLength: 40 }),
    ),
  );

describe("decoding gives back what was encoded", () => {
  test("for any columns and rows, blocks and limits, and whatever stands in the memory it fills", () => {
    fc.assert(
      fc.property(
        tables,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(undefined, usedMemory),
        ([columns, rows], limit, bytes, perBlock, spareMemory) => {
          const batches = decode(
            columns,
            rows.map((row) => row.map((sample) => sample.bytes)),
            { rows: limit, bytes },
            perBlock,
            spareMemory,
          );
          const found = batches.flatMap(canonicalRows).map((row) => Object.values(row));
          const wanted = rows.map((row) => row.map(({ text }) => text));
          expect(found.map((row) => row.map((text, column) => plain(text, columns[column]!.type)))).toEqual(
            wanted.map((row) => row.map((text, column) => plain(text, columns[column]!.type))),
          );
          for (const batch of batches) {
            expect(batch.rows).toBeLessThanOrEqual(limit);
            checkBatch(batch, batch.columns);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** A list's items compare as texts, whatever JSON makes of numbers. */
function plain(text: string | null, type: ColumnType): unknown {
  if (text === null || type.kind !== "list") return text;
  if (type.item.kind === "json" || type.item.kind === "string" || type.item.kind === "binary")
    return type.item.kind === "json" ? text.length > 0 : JSON.parse(text);
  return text.replaceAll('"', "");
}

describe("the limits of a batch", () => {
  const column: Kind = { type: scalar("string"), oid: typeOid.text, sample: texts(0) };

  test("a row larger than the bytes comes alone", () => {
    const large = Buffer.alloc(50_000, "x");
    const batches = decode([column], [[Buffer.from("a")], [large], [Buffer.from("b")]], { rows: 100, bytes: 1000 }, 3);
    expect(batches.map(({ rows }) => rows)).toEqual([1, 1, 1]);
  });

  test("many narrow columns do not make a batch larger than its bytes", () => {
    const columns = Array.from({ length: 200 }, () => ({
      type: decimal(38, 0),
      oid: typeOid.numeric,
      sample: decimals(38, 0),
    }));
    const rows = Array.from({ length: 100 }, () => columns.map(() => null));
    for (const batch of decode(columns, rows, { rows: 8192, bytes: 10_000 }, 10)) {
      expect(batch.vectors.reduce((sum, vector) => sum + vectorBytes(vector, batch.rows), 0)).toBeLessThan(11_000);
    }
  });

  test("a table without columns still has rows", () => {
    expect(decode([], [[], [], []], { rows: 2, bytes: 100 }, 1).map(({ rows }) => rows)).toEqual([2, 1]);
  });
});

describe("what does not fit or is not understood is an error", () => {
  const number = { type: decimal(4, 2), oid: typeOid.numeric, sample: decimals(4, 2) };
  const key = { type: scalar("int32"), oid: typeOid.integer, sample: integers(4) };
  const limits = { rows: 100, bytes: 10_000 };
  const row = (value: Buffer) => [
    [int(1, 4), null],
    [int(2, 4), value],
  ];

  test.each([
    ["NaN", numeric([], 0, 0xc000)],
    ["Infinity", numeric([], 0, 0xd000)],
    ["too many digits before the point", numeric([123], 0, 0)],
    ["too many digits after the point", numeric([1, 1234], 0, 0)],
    ["far too large", numeric([1], 30, 0)],
    ["far too small", numeric([1], -3, 0)],
  ])("a numeric: %s", (_, value) => {
    expect(() => decode([key, number], row(value), limits, 5)).toThrow(
      expect.objectContaining({ kind: "data", code: "value.unfit", stream: "public.t", column: "c1", row: "c0=2" }),
    );
  });

  test("a value of another width", () => {
    expect(() => decode([key, key], row(Buffer.alloc(8)), limits, 5)).toThrow(
      expect.objectContaining({ kind: "system", code: "postgres.malformed_value" }),
    );
  });

  test("a row of another number of values", () => {
    expect(() => decode([key], row(int(1, 4)), limits, 5)).toThrow(
      expect.objectContaining({ code: "postgres.malformed_row" }),
    );
  });

  test("a beginning that is not COPY's", () => {
    const message = Buffer.concat([Buffer.from("d"), int(4 + 19, 4), Buffer.alloc(19), Buffer.alloc(copySlack)]);
    const decoder = copyDecoder({ columns: [], limits, unchecked: false, stream: "public.t", primaryKey: [] });
    expect(() => [...decoder.read(block(message, message.length - copySlack))]).toThrow(
      expect.objectContaining({ code: "postgres.malformed_copy" }),
    );
  });
});

function decode(
  kinds: readonly Pick<Kind, "type" | "oid">[],
  rows: readonly (readonly (Buffer | null)[])[],
  limits: { rows: number; bytes: number },
  rowsPerBlock: number,
  spareMemory?: SpareMemory,
): Batch[] {
  const columns: CatalogColumn[] = kinds.map(({ type, oid }, index) => ({
    name: `c${index}`,
    type,
    nullable: true,
    native: { system: "postgres", type: "" },
    transfer: "binary",
    oid,
  }));
  const options = { columns, limits, unchecked: true, spareMemory, stream: "public.t", primaryKey: ["c0"] };
  const decoder = copyDecoder(options);
  const signature = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);
  const messages = rows.map((row) =>
    Buffer.concat([
      int(row.length, 2),
      ...row.flatMap((value) => (value === null ? [int(-1, 4)] : [int(value.length, 4), value])),
    ]),
  );
  const bodies = [...messages, int(-1, 2)];
  bodies[0] = Buffer.concat([signature, bodies[0]!]);
  const framed = bodies.map((body) => Buffer.concat([Buffer.from("d"), int(body.length + 4, 4), body]));
  const batches: Batch[] = [];
  for (let from = 0; from < framed.length; from += rowsPerBlock) {
    const bytes = Buffer.concat([...framed.slice(from, from + rowsPerBlock), Buffer.alloc(copySlack, 0xee)]);
    batches.push(...decoder.read(block(bytes, bytes.length - copySlack)));
  }
  const last = decoder.finish();
  if (last !== undefined) batches.push(last);
  expect(decoder.rows).toBe(rows.length);
  return batches;
}

/** Memory as an earlier batch left it, larger than what is asked for. */
function usedMemory(bytes: number): ArrayBuffer {
  return new Uint8Array(bytes + 13).fill(0xa5).buffer;
}

function block(buffer: Buffer, end: number): CopyBlock {
  const bytes = Uint8Array.from(buffer);
  return { bytes, view: new DataView(bytes.buffer), start: 0, end };
}

function int(value: number | bigint, width: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64BE(BigInt(value));
  return buffer.subarray(8 - width);
}

function integers(width: 2 | 4 | 8): fc.Arbitrary<Sample> {
  const limit = 1n << BigInt(width * 8 - 1);
  return fc
    .bigInt({ min: -limit, max: limit - 1n })
    .map((value) => ({ bytes: int(value, width), text: String(value) }));
}

function texts(prefix: 0 | 1): fc.Arbitrary<Sample> {
  return fc.string({ unit: "grapheme", maxLength: 80 }).map((text) => ({
    bytes: Buffer.concat([Buffer.alloc(prefix, 1), Buffer.from(text)]),
    text,
  }));
}

function double(value: number): Sample {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return { bytes, text: Object.is(value, -0) ? "-0" : String(value) };
}

function decimals(precision: number, scale: number): fc.Arbitrary<Sample> {
  const limit = 10n ** BigInt(precision) - 1n;
  const sizes = fc
    .integer({ min: 1, max: precision })
    .chain((digits) => fc.bigInt({ min: 0n, max: 10n ** BigInt(digits) - 1n }));
  return fc.tuple(fc.oneof(sizes, fc.constant(limit)), fc.boolean()).map(([unscaled, negative]) => {
    const digits = String(unscaled).padStart(scale + 1, "0");
    const whole = digits.slice(0, digits.length - scale);
    const fraction = digits.slice(digits.length - scale);
    const sign = negative && unscaled !== 0n;
    const text = `${sign ? "-" : ""}${whole}${scale === 0 ? "" : `.${fraction}`}`;
    return { bytes: numericOf(whole, fraction, sign), text };
  });
}

/** The binary form as numeric_send writes it: base 10000, without leading and trailing zeros. */
function numericOf(whole: string, fraction: string, negative: boolean): Buffer {
  const left = whole.padStart(Math.ceil(whole.length / 4) * 4, "0");
  const right = fraction.padEnd(Math.ceil(fraction.length / 4) * 4, "0");
  const groups = (left + right).match(/.{4}/g)!.map(Number);
  let weight = left.length / 4 - 1;
  while (groups.length > 0 && groups[0] === 0) {
    groups.shift();
    weight--;
  }
  while (groups.at(-1) === 0) groups.pop();
  return numeric(groups, groups.length === 0 ? 0 : weight, negative ? 0x4000 : 0);
}

function numeric(groups: readonly number[], weight: number, sign: number): Buffer {
  return Buffer.concat([
    int(groups.length, 2),
    int(weight, 2),
    int(sign, 2),
    int(0, 2),
    ...groups.map((group) => int(group, 2)),
  ]);
}

function array(oid: number, items: readonly Sample[]): Buffer {
  if (items.length === 0) return Buffer.concat([int(0, 4), int(0, 4), int(oid, 4)]);
  const elements = items.flatMap(({ bytes }) => (bytes === null ? [int(-1, 4)] : [int(bytes.length, 4), bytes]));
  return Buffer.concat([int(1, 4), int(1, 4), int(oid, 4), int(items.length, 4), int(1, 4), ...elements]);
}
