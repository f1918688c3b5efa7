import { describe, expect, it } from "vitest";
import { folderWith, load, onlyStream, take, withSource } from "./file-source.js";

const lines = (...records: string[]) => `${records.join("\n")}\n`;

async function json(name: string, text: string | Uint8Array, config: Record<string, unknown> = {}, scans = false) {
  return load(await folderWith({ [name]: text }), { path: name, ...config }, { scans });
}

describe("JSON documents", () => {
  it("keep every digit and the exact text of nested values", async () => {
    const { columns, rows } = await json(
      "t.json",
      '[{"id":9007199254740993,"wide":18446744073709551616,"price":47.00,"x":1e-7,"tiny":0.016666666666666666,' +
        '"nested":{"a": 1.10, "b":[ 1,2 ]},"list":[1.0,"\\u00e9"],"s":"caf\\u00e9 \\ud83d\\ude00","b":true,"n":null}]',
    );
    expect(columns).toEqual([
      "id:int64",
      "wide:decimal(38,0)",
      "price:decimal(18,1)",
      "x:decimal(18,7)",
      "tiny:float64",
      "nested:json",
      "list:json",
      "s:string",
      "b:boolean",
      "n:string",
    ]);
    expect(rows).toEqual([
      [
        "9007199254740993",
        "18446744073709551616",
        "47.0",
        "0.0000001",
        "0.016666666666666666",
        '{"a": 1.10, "b":[ 1,2 ]}',
        '[1.0,"\\u00e9"]',
        "café 😀",
        "true",
        null,
      ],
    ]);
  });

  it("may be an array, objects one after another, or hold the one array of objects", async () => {
    for (const text of [
      '[{"a":1},{"a":2}]',
      '{"a":1}\n{"a":2}\n',
      '{"a":1} {"a":2}',
      '{"type":"x","counts":[1,2],"features":[{"a":1},{"a":2}],"more":{"rows":[]}}',
      '\ufeff[ {"a" : 1 } , {"a":2} ] ',
    ]) {
      expect((await json("t.json", text)).rows).toEqual([["1"], ["2"]]);
    }
    expect((await json("t.json", '{"a":1}')).rows).toEqual([["1"]]);
    expect((await json("t.json", "[]")).rows).toEqual([]);
    expect(await json("t.json", '"x"')).toMatchObject({ columns: ["value:string"], rows: [["x"]] });
    expect(await json("t.jsonl", "1.5\n2\n")).toMatchObject({
      columns: ["value:decimal(18,1)"],
      rows: [["1.5"], ["2.0"]],
    });
    expect(await json("t.json", "[1,2]")).toMatchObject({ columns: ["value:int64"], rows: [["1"], ["2"]] });
  });

  it("tell where their records are when asked to choose", async () => {
    const text = '{"data":{"items":[{"a":1}]},"x":[{"b":1}],"y":[{"c":1}]}';
    expect((await json("t.json", text, { json: { records: "data.items" } })).rows).toEqual([["1"]]);
    expect((await json("t.json", text, { json: { records: "y" } })).columns).toEqual(["c:int64"]);
    await expect(json("t.json", text)).rejects.toMatchObject({
      code: "file.records_ambiguous",
      message: expect.stringContaining("x, y"),
    });
    await expect(json("t.json", text, { json: { records: "z" } })).rejects.toMatchObject({
      code: "file.records_not_found",
    });
  });

  it("have decimals where a float64 would change one of the numbers, and printed floats beside them", async () => {
    const mixed = await json("t.json", '[{"x":0.016666666666666666},{"x":12345678901234567.5}]');
    expect(mixed.columns).toEqual(["x:decimal(38,18)"]);
    expect(mixed.rows).toEqual([["0.016666666666666666"], ["12345678901234567.500000000000000000"]]);
    const floats = await json("t.json", '[{"x":0.016666666666666666},{"x":1234567890123456.5},{"x":1.5e-7}]');
    expect(floats.columns).toEqual(["x:float64"]);
    expect((await json("t.json", '[{"x":1700000000.123456}]')).columns).toEqual(["x:decimal(18,6)"]);
  });

  it("keep a string that has no form in UTF-8 as its JSON text", async () => {
    const { columns, rows } = await json("t.json", '[{"a":"x"},{"a":"\\ud800"}]');
    expect(columns).toEqual(["a:json"]);
    expect(rows).toEqual([['"x"'], ['"\\ud800"']]);
  });

  it.each([
    ["half a record", '[\n{"a":1},\n{"a":', ":3:"],
    ["a missing comma", '[\n{"a":1}\n{"a":2}]', ":3:"],
    ["a number with a leading zero", '[\n{"a":007}]', ":2:"],
    ["NaN", '[\n{"a":NaN}]', ":2:"],
    ["a trailing comma", '[\n{"a":1},\n]', ":3:"],
    ["something behind the end", '[{"a":1}]\nx', ":2:"],
    ["a line break in a string", '[{"a":"x\ny"}]', ":1:"],
    ["the same key twice", '[{"a":1,"a":2}]', "1:"],
  ])("stop at %s, naming the line", async (_what, text, place) => {
    await expect(json("t.json", text)).rejects.toMatchObject({
      kind: "data",
      code: "file.json",
      message: expect.stringContaining(place),
    });
  });

  it("stop at bytes that are not UTF-8", async () => {
    await expect(json("t.json", Buffer.from('[{"a":"caf\xe9"}]', "latin1"))).rejects.toMatchObject({
      code: "file.encoding",
    });
  });

  it("are read record by record, however long, and no longer than allowed", async () => {
    const long = "x".repeat(3_000_000);
    const { rows } = await json("t.json", `[{"a":"${long}"},{"a":"y"}]`);
    expect(rows.map(([value]) => value!.length)).toEqual([3_000_000, 1]);
    await expect(json("t.json", `[{"a":"${long}"}]`, { json: { max_record_bytes: 100_000 } })).rejects.toMatchObject({
      code: "file.record_too_large",
    });
  });
});

describe("JSON lines", () => {
  const regular = (i: number) =>
    `{"id":${i},"price":${i}.25,"name":"n ${i}","day":"2024-01-${String((i % 28) + 1).padStart(2, "0")}","at":"2024-01-01T00:00:00Z","ok":true,"x":null}`;
  /** More than are looked at before DuckDB's reader is asked. */
  const many = Array.from({ length: 10_000 }, (_, i) => regular(i));

  it("are the same rows as a scan and as batches", async () => {
    const odd = ['{"day":"2024-02-29","id":7}', "", '{ "id": 8, "name": "caf\\u00e9 \\ud83d\\ude00 \\"q\\"" }'];
    const text = lines(...many, ...odd);
    const batches = await json("t.jsonl", text);
    const scanned = await json("t.jsonl", text, {}, true);
    expect(scanned.columns).toEqual(batches.columns);
    const order = (rows: typeof batches.rows) =>
      [...rows].sort((a, b) => Number(a[0]) - Number(b[0]) || (a[1] === null ? 1 : -1));
    expect(order(scanned.rows)).toEqual(order(batches.rows));
    expect(scanned.rows).toContainEqual(["8", null, 'café 😀 "q"', null, null, null, null]);
  });

  it.each([
    ["a number as text", '{"id":"7"}', "id"],
    ["a whole number with a fraction", '{"id":1.5}', "id"],
    ["a whole number beyond int64", '{"id":9223372036854775808}', "id"],
    ["a longer fraction", '{"price":1.234}', "price"],
    ["more digits than a double has", '{"price":1.00000000000000000001}', "price"],
    ["minus zero", '{"price":-0.0}', "price"],
    ["half a surrogate pair", '{"name":"\\ud800"}', "name"],
    ["another half", '{"name":"\\ude00\\ud83d"}', "name"],
    ["a date that is none", '{"day":"2024-02-30"}', "day"],
    ["a nested value", '{"name":{"a":1}}', "name"],
    ["a value where there was none", '{"x":1}', "x"],
    ["a new key", '{"new":1}', "new"],
  ])(
    "stop at %s behind the sample, and exhaustive inference finds the type that holds it",
    async (_what, bad, column) => {
      const dir = await folderWith({ "t.jsonl": lines(...many, bad) });
      for (const scans of [true, false]) {
        const error: unknown = await load(dir, { path: "t.jsonl" }, { scans }).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: "type.mismatch", message: expect.stringContaining("t.jsonl:") });
        if (!scans) expect(error).toMatchObject({ column, row: String(many.length + 1) });
      }
      const { rows } = await load(dir, { path: "t.jsonl" }, { scans: true, inference: "exhaustive" });
      expect(rows).toHaveLength(many.length + 1);
    },
  );

  it("take a number in a column of text as it is written", async () => {
    const dir = await folderWith({ "t.jsonl": lines(...many, '{"name":1.10}') });
    await expect(load(dir, { path: "t.jsonl" }, { scans: true })).rejects.toMatchObject({ code: "type.mismatch" });
    for (const inference of ["optimistic", "exhaustive"] as const) {
      expect((await load(dir, { path: "t.jsonl" }, { inference })).rows.at(-1)![2]).toBe("1.10");
    }
  });

  it("name file and line where one is broken", async () => {
    await expect(json("t.jsonl", lines('{"a":1}', '{"a":2'))).rejects.toMatchObject({
      code: "file.json",
      message: expect.stringMatching(/t\.jsonl:[23]:/),
    });
  });

  it("give the columns and the rows asked for", async () => {
    const dir = await folderWith({ "t.jsonl": lines(...many.slice(0, 100)) });
    await withSource(dir, { path: "t.jsonl" }, async (source) => {
      const stream = await onlyStream(source);
      for (const scans of [true, false]) {
        const { rows } = await take(source, stream, {
          scans,
          columns: ["name", "id"],
          filter: [
            { column: "id", operator: ">=", values: ["97"] },
            { column: "price", operator: "<>", values: ["98.25"] },
          ],
        });
        expect(rows).toEqual([
          ["n 97", "97"],
          ["n 99", "99"],
        ]);
      }
    });
  });
});
