import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChildRows } from "../../../core/nested/child-rows.js";
import { newLearned } from "../../../core/nested/learned.js";
import type { NestedChoices } from "../../../core/nested/nested-choice.js";
import { nestedStep } from "../../../core/nested/nested-step.js";
import { pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import { rawJson } from "../../../sdk/raw-json.js";
import { formatType, list, scalar } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";

const id: Column = { name: "id", type: scalar("int64"), nullable: false };
const json = (name: string): Column => ({ name, type: scalar("json"), nullable: true });
const flatten = { type: "flatten" } as const;
const childTable = { type: "child_table" } as const;

/** The rows made of values of one json column, by a step that has learned them. */
function madeOf(column: Column, texts: readonly (string | null)[], choices: NestedChoices) {
  const given = [id, column];
  const learned = newLearned();
  const batch = () =>
    pack(
      given,
      texts.map((text, i) => ({ id: i + 1, [column.name]: text === null ? null : rawJson(text) })),
    );
  const options = { choices, given, learned, onError: "quarantine" } as const;
  const first = nestedStep(options).apply(batch(), undefined);
  const made = first.grown === undefined ? first : nestedStep(options).apply(batch(), undefined);
  expect(made.grown).toBeUndefined();
  const types = (columns: readonly Column[]) => columns.map(({ name, type }) => `${name} ${formatType(type)}`);
  return {
    made,
    rows: unpack(made.batch),
    columns: types(made.batch.columns),
    child: (name: string) => childOf(made.children!.get(name)!),
    childColumns: (name: string) => types(made.children!.get(name)!.columns),
  };
}

function childOf({ parents, positions, columns, vectors }: ChildRows) {
  return unpack({ rows: parents.length, columns, vectors }).map((row, at) => [
    parents[at],
    positions.map((places) => places[at]),
    row,
  ]);
}

describe("flatten", () => {
  test("keys of objects become columns all the way down, in the place of the column, with types of every value", () => {
    const texts = [
      '{"city":"Rome","geo":{"lat":41.9,"lon":12}}',
      '{"city":null,"geo":{"lat":1,"lon":2.5},"tags":["a"]}',
      null,
    ];
    const { rows, columns } = madeOf(json("address"), texts, { address: flatten });
    expect(columns).toEqual([
      "id int64",
      "address_city string",
      "address_geo_lat float64",
      "address_geo_lon float64",
      "address_tags json",
    ]);
    expect(rows[0]).toEqual({
      id: 1n,
      address_city: "Rome",
      address_geo_lat: 41.9,
      address_geo_lon: 12,
      address_tags: null,
    });
    expect(rows[1]).toMatchObject({ address_city: null, address_tags: '["a"]' });
    expect(rows[2]).toMatchObject({ id: 3n, address_city: null, address_geo_lat: null });
  });

  test("numbers keep every digit", () => {
    const texts = ['{"n":12345678901234567890.5,"m":9223372036854775807}'];
    const { rows, columns } = madeOf(json("a"), texts, { a: flatten });
    expect(columns).toContain("a_n decimal(21,1)");
    expect(rows[0]).toMatchObject({ a_n: "12345678901234567890.5", a_m: 9223372036854775807n });
  });

  test("a value that is no object stays, in the column of its own path", () => {
    const { rows } = madeOf(json("a"), ['{"b":1}', '"free text"', "[1,2]", '{"b":{"c":true}}'], { a: flatten });
    expect(rows.map(({ id: _, ...row }) => row)).toEqual([
      { a: null, a_b: 1n, a_b_c: null },
      { a: "free text", a_b: null, a_b_c: null },
      { a: "[1,2]", a_b: null, a_b_c: null },
      { a: null, a_b: null, a_b_c: true },
    ]);
  });

  test("a path under another keeps its own choice, and one beneath a json column is taken out beside it", () => {
    const texts = ['{"b":{"c":1},"d":{"e":{"f":2}}}'];
    expect(madeOf(json("a"), texts, { a: flatten, "a.b": { type: "json" } }).rows[0]).toEqual({
      id: 1n,
      a_b: '{"c":1}',
      a_d_e_f: 2n,
    });
    expect(madeOf(json("a"), texts, { "a.d": flatten }).rows[0]).toEqual({ id: 1n, a: texts[0], a_d_e_f: 2n });
  });

  test("two paths whose names would be one get names of their own", () => {
    const { columns } = madeOf(json("a"), ['{"b_c":1,"b":{"c":"x","C":2}}'], { a: flatten });
    expect(columns[1]).toBe("a_b_c int64");
    expect(columns[2]).toMatch(/^a_b_c_[0-9a-f]{8} string$/);
    expect(columns[3]).toMatch(/^a_b_C_[0-9a-f]{8} int64$/);
  });

  test("keys that every object has are columns like others", () => {
    const { rows } = madeOf(json("a"), ['{"constructor":1,"__proto__":2}', '{"x":3}'], { a: { type: "child_table" } });
    expect(rows).toHaveLength(2);
    const { child } = madeOf(json("a"), ['{"constructor":1,"__proto__":2}', '{"x":3}'], { a: childTable });
    expect(Object.entries(child("a")[0]![2] as object)).toEqual(
      expect.arrayContaining([
        ["constructor", 1n],
        ["__proto__", 2n],
      ]),
    );
    expect(child("a")[1]![2]).toMatchObject({ constructor: null, x: 3n });
  });

  test("what comes later makes it grow, and what stood before only widens", () => {
    const given = [id, json("a")];
    const learned = newLearned();
    const batch = (text: string) => pack(given, [{ id: 1, a: rawJson(text) }]);
    const step = () => nestedStep({ choices: { a: flatten }, given, learned, onError: "quarantine" });
    const first = step();
    expect(first.apply(batch('{"n":1}'), undefined).grown).toHaveLength(1);
    const second = step();
    expect(second.apply(batch('{"n":2}'), undefined).grown).toBeUndefined();
    const grown = second.apply(batch('{"n":"x","m":1}'), undefined).grown!;
    expect(grown.map(({ name, type }) => [name, type.kind])).toEqual([
      ["a_n", "string"],
      ["a_m", "int64"],
    ]);
    expect(unpack(step().apply(batch('{"n":2}'), undefined).batch)[0]).toEqual({ id: 1n, a_n: "2", a_m: null });
  });

  test("text that UTF-8 cannot hold fails its row, and no other", () => {
    const { made, rows } = madeOf(json("a"), ['{"b":"fine"}', '{"b":"\\ud800"}', '{"b":"too"}'], { a: flatten });
    expect(rows.map((row) => row.a_b)).toEqual(["fine", "too"]);
    expect(made.failed).toEqual([{ row: 1, rule: "nested(a.b)", reason: "'a_b' does not fit string" }]);
    expect([...made.from]).toEqual([0, 2]);
  });

  test("every scalar of every object stands in the column of its path", () => {
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.string({ unit: "grapheme-ascii" }));
    const key = fc.constantFrom("p", "q", "r_s", "r", "s", "constructor");
    const { value } = fc.letrec<{ value: Record<string, unknown> }>((tie) => ({
      value: fc.dictionary(key, fc.oneof({ maxDepth: 4 }, leaf, tie("value")), { minKeys: 1, maxKeys: 3 }),
    }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (objects) => {
        const { made, rows } = madeOf(
          json("a"),
          objects.map((one) => JSON.stringify(one)),
          { a: flatten },
        );
        for (const [row, object] of objects.entries()) {
          for (const [path, leaf] of leavesOf(object)) {
            const column = made.batch.columns.find(
              (one) => JSON.stringify(one.path) === JSON.stringify(["a", ...path]),
            )!;
            expect(String(rows[row]![column.name])).toBe(String(leaf));
          }
        }
      }),
    );
  });
});

function leavesOf(value: unknown): [string[], unknown][] {
  if (typeof value !== "object" || value === null) return [[[], value]];
  return Object.entries(value).flatMap(([key, member]) =>
    leavesOf(member).map(([path, leaf]): [string[], unknown] => [[key, ...path], leaf]),
  );
}

describe("child_table", () => {
  test("elements become rows with their places; the column leaves; null and empty lists have none", () => {
    const texts = ['[{"sku":"a","n":1},null,{"sku":"b","extra":{"x":1}}]', null, "[]", '[{"sku":"c","n":2.5}]'];
    const { rows, child, childColumns } = madeOf(json("lines"), texts, { lines: childTable });
    expect(rows).toEqual([1n, 2n, 3n, 4n].map((id) => ({ id })));
    expect(childColumns("lines")).toEqual(["sku string", "n float64", "extra json"]);
    expect(child("lines")).toEqual([
      [0, [0], { sku: "a", n: 1, extra: null }],
      [0, [1], { sku: null, n: null, extra: null }],
      [0, [2], { sku: "b", n: null, extra: '{"x":1}' }],
      [3, [0], { sku: "c", n: 2.5, extra: null }],
    ]);
  });

  test("tables within tables have a place for each list; scalars and lists stand in `value`", () => {
    const texts = ['[{"taxes":[1,2]},{"taxes":[[3]]}]'];
    const { child } = madeOf(json("lines"), texts, { lines: childTable, "lines.taxes": childTable });
    expect(child("lines")).toEqual([
      [0, [0], {}],
      [0, [1], {}],
    ]);
    expect(child("lines.taxes")).toEqual([
      [0, [0, 0], { value: "1" }],
      [0, [0, 1], { value: "2" }],
      [0, [1, 0], { value: "[3]" }],
    ]);
  });

  test("a lone object is a list of one; flatten and json go on within elements", () => {
    const choices: NestedChoices = { lines: childTable, "lines.product": flatten };
    const { child } = madeOf(json("lines"), ['{"product":{"a":{"b":1}},"other":{"c":1}}'], choices);
    expect(child("lines")).toEqual([[0, [0], { product_a_b: 1n, other: '{"c":1}' }]]);
  });

  test("lists of a type keep it, value by value", () => {
    const tags: Column = { name: "tags", type: list(scalar("date")), nullable: true };
    const given = [id, tags];
    const step = nestedStep({ choices: { tags: childTable }, given, learned: newLearned(), onError: "quarantine" });
    const rows = [
      { id: 1, tags: ["2024-02-29", null] },
      { id: 2, tags: null },
      { id: 3, tags: ["2025-01-01"] },
    ];
    const { children, batch } = step.apply(pack(given, rows), Int32Array.of(0, 2));
    expect(unpack(batch)).toEqual([{ id: 1n }, { id: 3n }]);
    expect(childOf(children!.get("tags")!)).toEqual([
      [0, [0], { value: "2024-02-29" }],
      [0, [1], { value: null }],
      [1, [0], { value: "2025-01-01" }],
    ]);
  });

  test("a list on the way to another must have a table of its own", () => {
    const act = () => madeOf(json("a"), ['[{"b":[1]}]'], { "a.b": childTable });
    expect(act).toThrow("nested: 'a' holds a list, and 'a.b' leads through it");
  });
});

test("choices that a column does not allow are named with column and type", () => {
  const given = [
    id,
    json("address"),
    { name: "note", type: scalar("string"), nullable: true },
    { name: "tags", type: list(scalar("string")), nullable: true },
  ];
  const step = (choices: NestedChoices) => () =>
    nestedStep({ choices, given, learned: newLearned(), onError: "quarantine" });
  expect(step({ adress: flatten })).toThrow("nested.adress: there is no column 'adress'");
  expect(step({ note: flatten })).toThrow("nested.note: 'note' is string, and neither json nor a list");
  expect(step({ tags: flatten })).toThrow("nested.tags: 'tags' is list<string>, and only objects can be flattened");
  expect(step({ "tags.x": childTable })).toThrow("'tags' is list<string>: its elements have no keys");
});
