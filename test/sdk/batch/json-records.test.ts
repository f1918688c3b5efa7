import fc from "fast-check";
import { expect, test } from "vitest";
import { createInference } from "../../../sdk/batch/infer.js";
import type { Row } from "../../../sdk/batch/pack.js";
import { createPacker } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import type { DataError } from "../../../sdk/errors.js";
import { findRecords } from "../../../sdk/json/find-records.js";
import type { JsonRecords } from "../../../sdk/json/json-records.js";
import { parseJson } from "../../../sdk/parse-json.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";

const keys = ["id", "name", 'a "quoted" key', "größe", "nested", "rest"];

const numbers = fc.oneof(
  fc.maxSafeInteger().map(String),
  fc.integer({ min: -1000, max: 1000 }).map(String),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
  fc
    .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.stringMatching(/^\d{1,20}$/))
    .map(([whole, rest]) => `${whole}.${rest}`),
  fc.constantFrom(
    "-0",
    "0",
    "0.0",
    "-0.00",
    "1e2",
    "1.10",
    "1E-7",
    "100.0",
    "9007199254740993",
    "0.1000000000000000055",
  ),
);
const values = fc.oneof(
  numbers,
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    "null",
    "true",
    "false",
    '"2024-02-29T12:00:00.5Z"',
    '"\\u00e9\\/"',
    '"\\ud83d\\ude00"',
    "[1, 2]",
    '{"a":{"b":[]}}',
  ),
);
const space = fc.constantFrom("", " ", "\n", "\t ");
const records = fc
  .array(fc.array(fc.tuple(fc.constantFrom(...keys), values, space), { maxLength: 7 }), { maxLength: 12 })
  .map((list) =>
    list.map(
      (members) =>
        `{${members.map(([key, value, gap]) => `${gap}${JSON.stringify(key)}${gap}:${gap}${value}${gap}`).join(",")}}`,
    ),
  );

function indexed(list: readonly string[], gap = ""): JsonRecords {
  return findRecords(Buffer.from(`${gap}[${list.join(`${gap},`)}${gap}]`), undefined)!.records;
}

test("records in text show the same types as the same records parsed", () => {
  fc.assert(
    fc.property(records, records, space, (first, second, gap) => {
      const [text, objects] = [createInference(), createInference()];
      for (const list of [first, second]) {
        text.seeRecords(indexed(list, gap));
        for (const row of parseJson(`[${list.join(",")}]`) as Row[]) objects.see(row);
        const byName = (columns: readonly Column[]) => new Map(columns.map(({ name, type }) => [name, type]));
        expect(byName(text.columns())).toEqual(byName(objects.columns()));
      }
    }),
  );
});

test("records in text become the same columns as the same records parsed", () => {
  fc.assert(
    fc.property(records, (list) => {
      const rows = parseJson(`[${list.join(",")}]`) as Row[];
      const inference = createInference();
      for (const row of rows) inference.see(row);
      const columns = inference.columns();
      const options = { onUnknownKey() {} };
      const [text, objects] = [createPacker(columns, options), createPacker(columns, options)];
      text.addRecords(indexed(list), 0);
      for (const row of rows) objects.add(row);
      expect(plain(text, columns)).toEqual(plain(objects, columns));
    }),
  );
});

/** JSON by its value: in text it keeps the form it has. */
function plain(packer: ReturnType<typeof createPacker>, columns: readonly Column[]) {
  const batch = packer.flush();
  const json = columns.filter(({ type }) => type.kind === "json").map(({ name }) => name);
  return (batch === undefined ? [] : unpack(batch)).map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [
        key,
        json.includes(key) && value !== null ? JSON.parse(String(value)) : value,
      ]),
    ),
  );
}

test.for([
  ["int64", ["12", '"12"', "1.0", "-0", "9007199254740993", "1.5", "9223372036854775808", "true"]],
  ["int32", ["12", "2147483648"]],
  [
    "float64",
    ["1", "-0.0", "0.1", "3.141592653589793", "123456789012345678", "0.1000000000000000055", '"NaN"', "1e300"],
  ],
  ["decimal(6,2)", ["1", "-1.5", "1.50", "1.500", "9999.99", "10000", "1e2", '"12.34"', "0.001", "-0.00"]],
  ["decimal(38,10)", ["1.5", "1234567890123456789012345678.0123456789"]],
  ["boolean", ["true", "false", "1", '"true"']],
  ["string", ['"a"', '"\\n"', "1.10", "true", "[1, 2]", '"\\ud800"', '"ü"']],
  [
    "timestamp",
    ['"2024-02-29T12:00:00Z"', '"2024-02-29T12:00:00.123456+05:30"', '"2024-02-30T00:00:00Z"', '"2024-02-29"', "5"],
  ],
  ["date", ['"2024-02-29"', '"2023-02-29"', '"0044-03-15 BC"']],
  ["datetime", ['"2024-02-29T12:00:00"', '"2024-02-29T12:00:00Z"']],
  ["time", ['"23:59:59.5"', '"24:00:01"']],
  ["uuid", ['"6F9619FF-8B86-D011-B42D-00CF4FC964FF"', '"x"']],
  ["list<int64>", ["[1,2,null]", "[1.5]", "1"]],
] as const)("a declared %s takes from text just what it takes from values", ([type, texts]) => {
  const columns: Column[] = [{ name: "v", type: parseType(type), nullable: true }];
  for (const text of texts) {
    const outcome = (add: (packer: ReturnType<typeof createPacker>) => void) => {
      const packer = createPacker(columns, { stream: "things" });
      try {
        add(packer);
        return unpack(packer.flush()!);
      } catch (error) {
        return (error as DataError).message;
      }
    };
    const list = [`{"v":${text}}`];
    const fromText = outcome((packer) => packer.addRecords(indexed(list), 0));
    expect([text, fromText]).toEqual([text, outcome((packer) => packer.add(parseJson(list[0]!) as Row))]);
  }
});

test("numbers that were looked at for their type are the same in their columns", () => {
  const texts = ["0.1", "3.141592653589793", "-0.0", "1e300", "null", "0.30000000000000004", "12", "5e-324"];
  const records = indexed(texts.map((text) => `{"v":${text}}`));
  for (const type of ["float64", "string", "decimal(38,17)"]) {
    const columns: Column[] = [{ name: "v", type: parseType(type), nullable: true }];
    const packed = () => {
      const packer = createPacker(columns);
      try {
        packer.addRecords(records, 0);
        return unpack(packer.flush()!);
      } catch (error) {
        return (error as DataError).message;
      }
    };
    const before = packed();
    createInference([{ name: "v", type: parseType("float64"), nullable: true }]).seeRecords(records);
    expect(packed()).toEqual(before);
  }
});

test("JSON in a json column stays as written, but for white space between its tokens", () => {
  const packer = createPacker([{ name: "v", type: parseType("json"), nullable: true }]);
  packer.addRecords(indexed(['{"v":{"a":1.10,"b":[1e2,"x y\\" z"]}}', '{"v": [ 1.5, "a b" ] }']), 0);
  expect(unpack(packer.flush()!)).toEqual([{ v: '{"a":1.10,"b":[1e2,"x y\\" z"]}' }, { v: '[1.5,"a b"]' }]);
});

test("a batch of records ends at its limits and goes on where it ended", () => {
  const list = Array.from({ length: 1000 }, (_, id) => `{"id":${id},"text":"${"x".repeat(id % 50)}"}`);
  const records = indexed(list);
  const columns = createColumns(records);
  for (const limits of [
    { rows: 7, bytes: 1_000_000 },
    { rows: 5000, bytes: 2000 },
  ]) {
    const packer = createPacker(columns, { limits });
    const ids: unknown[] = [];
    for (let at = 0; at < records.count; ) {
      const { next, batch } = packer.addRecords(records, at);
      at = next;
      if (batch !== undefined) ids.push(...unpack(batch).map(({ id }) => Number(id)));
      expect(batch?.rows ?? 0).toBeLessThanOrEqual(limits.rows);
    }
    ids.push(...unpack(packer.flush() ?? { rows: 0, columns: [], vectors: [] }).map(({ id }) => Number(id)));
    expect(ids).toEqual(Array.from({ length: 1000 }, (_, id) => id));
  }
});

function createColumns(records: JsonRecords): readonly Column[] {
  const inference = createInference();
  inference.seeRecords(records);
  return inference.columns();
}

test("an error names the record by its key and by the column", () => {
  const columns: Column[] = [
    { name: "id", type: parseType("int64"), nullable: false },
    { name: "n", type: parseType("int64"), nullable: true },
  ];
  const packer = createPacker(columns, { stream: "things", primaryKey: ["id"] });
  expect(() => packer.addRecords(indexed(['{"id":1,"n":1}', '{"id":2,"n":"x"}']), 0)).toThrow(
    /stream 'things': column 'n' \(int64\), row id=2: /,
  );
  expect(() => createPacker(columns).addRecords(indexed(['{"n":1}']), 0)).toThrow(
    /column 'id' \(int64\), row 1: a null/,
  );
});
