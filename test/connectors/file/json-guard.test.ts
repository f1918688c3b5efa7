import { execFileSync } from "node:child_process";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DataFile } from "../../../connectors/file/files/source-file.js";
import { marginBytes, sharedMemory } from "../../../connectors/file/guard/guard-memory.js";
import { jsonLinesGuard } from "../../../connectors/file/json/guard/json-lines-guard.js";
import { linesCheck } from "../../../connectors/file/json/guard/lines-check.js";
import { memberForm } from "../../../connectors/file/json/guard/member-form.js";
import type { Column } from "../../../sdk/index.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import { folder, isSluiceMismatch, type Taken, take, withSource } from "./file-source.js";

const columnsOf = (types: Readonly<Record<string, string>>): Column[] =>
  Object.entries(types).map(([name, type]) => ({ name, type: parseType(type), nullable: true }));

/** Of each type; more in the long form. */
const samples = process.env.SLUICE_LONG_TESTS === "1" ? 4000 : 1500;
const memory = sharedMemory(0);

/** Whether the guard passes a text of whole lines, whether it has compiled their forms or not. */
function passes(text: string | Buffer, columns: readonly Column[]): boolean {
  const [interpreted, compiled] = [Number.POSITIVE_INFINITY, 0].map((after) => passesOnce(text, columns, after));
  expect([text.toString(), compiled]).toEqual([text.toString(), interpreted]);
  return interpreted!;
}

function passesOnce(text: string | Buffer, columns: readonly Column[], compiledAfter: number): boolean {
  const content = Buffer.from(text);
  const fields = new Map(columns.map((column) => [column.name, memberForm(column)!]));
  memory.makeRoom(content.length);
  content.copy(memory.bytes);
  memory.bytes.fill(0, content.length, content.length + marginBytes);
  try {
    linesCheck({ fileName: "t.jsonl", fields, memory, compiledAfter }).check(content.length);
    return true;
  } catch (error) {
    if (isSluiceMismatch(error)) return false;
    throw error;
  }
}

type Read = (text: string | Buffer) => Promise<Taken["rows"] | undefined>;

/** Gives `use` the exact reader of JSON lines, and DuckDB's: they give the rows, or undefined where they refuse them. */
async function withReaders(columns: readonly Column[], use: (exact: Read, scanned: Read) => Promise<void>) {
  const dir = await folder();
  await withSource(dir, { path: "t.jsonl" }, async (source) => {
    const stream = { name: "t", columns, primaryKey: [], cursorFields: [], readModes: [] };
    const reader =
      (scans: boolean): Read =>
      async (text) => {
        await writeFile(join(dir, "t.jsonl"), text);
        return take(source, stream, { scans }).then(
          (taken) => taken.rows,
          () => undefined,
        );
      };
    await use(reader(false), reader(true));
  });
}

const numbers = (digits: number, scale: number) =>
  fc
    .tuple(
      fc.bigInt({ min: -(10n ** BigInt(digits)), max: 10n ** BigInt(digits) }),
      fc.bigInt({ min: 0n, max: 10n ** BigInt(scale) }),
    )
    .map(([whole, part]) => `${whole}.${part}`);
const times = fc
  .date({ noInvalidDate: true, min: new Date("0000-01-01"), max: new Date("+010100-01-01") })
  .map((date) => date.toISOString());
/** Documents as programs write them, with and without spaces, and with numbers and escapes in forms that some of them use. */
const documents = fc
  .tuple(
    fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }),
    fc.constantFrom(0, 0, 0, 1),
    fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      numbers(12, 6),
      fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
      fc.constantFrom(
        "0.0",
        "-0",
        "0.001",
        "0.0001",
        "1.50",
        "1e3",
        "1E-2",
        '"\\u0041"',
        '"\\/"',
        '"\\n\\""',
        "[[[]]]",
        "{}",
      ),
    ),
  )
  .map(([value, spaces, text]) => {
    const written = JSON.stringify(value, undefined, spaces).replaceAll("\n", "");
    return `{"a":${written},"b":[${text},${text}],"a":${text}}`;
  });
const valid: Readonly<Record<string, fc.Arbitrary<string>>> = {
  int64: fc.bigInt({ min: -(2n ** 63n) - 5n, max: 2n ** 63n + 5n }).map(String),
  "decimal(18,2)": numbers(14, 2),
  "decimal(18,5)": numbers(12, 5),
  "decimal(18,14)": numbers(1, 14),
  "decimal(9,0)": fc.oneof(fc.bigInt({ min: -(10n ** 9n) - 5n, max: 10n ** 9n + 5n }).map(String), numbers(3, 1)),
  float64: fc.oneof(
    fc.double({ noNaN: true }).map(String),
    fc.integer().map((whole) => `${whole}e-3`),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  ),
  date: times.map((time) => `"${time.slice(0, 10)}"`),
  datetime: times.map((time) => `"${time.slice(0, -1)}"`),
  timestamp: times.map((time) => `"${time}"`),
  boolean: fc.constantFrom("true", "false"),
  json: documents,
  string: fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }).map((text) => JSON.stringify(text)),
    fc
      .array(
        fc.constantFrom(
          "a",
          "\\n",
          "\\\\",
          "\\/",
          '\\"',
          "\\q",
          "\\u00e9",
          "\\u0001",
          "\\uFFFF",
          "\\ud83d\\uDE00",
          "\\ud800",
          "\\ude00",
          "\\u0000",
          "\\u00g0",
          "é",
          "\t",
          "\0",
        ),
        {
          maxLength: 9,
        },
      )
      .map((parts) => `"${parts.join("")}"`),
  ),
};

const odd = fc.constantFrom(
  ...[
    "null",
    "nul",
    "nulls",
    "NaN",
    "Infinity",
    "-Infinity",
    "-",
    "1e5",
    "1E400",
    "-0",
    "-0.0",
    "-0e0",
    "0",
    "00",
    "007",
    "1.0",
  ],
  ...[
    "1.",
    ".5",
    "+1",
    "1_000",
    "0x10",
    "1 ",
    " 1",
    "true",
    "True",
    "{}",
    "[]",
    '{"a":1}',
    "[1,2]",
    "'x'",
    "undefined",
    "",
  ],
  ...['"7"', '"1.5"', '""', '" "', '"true"', '"null"', '"2024-02-30"', '"2024-2-3"', '"2024-02-03 "', '"0000-01-01"'],
  ...[
    '"2024-01-01T24:00:00"',
    '"2024-01-01T00:00:00+25:00"',
    '"2024-01-01T00:00:00 Z"',
    '"2024-01-01"',
    "20240101",
    '"infinity"',
    '"\\u0031"',
    '"a","t":"b"',
  ],
  ...["9223372036854775808", "123456789012.345", "0.1234567890123456789", "123456789012345678901234567890123456789012"],
);

/** A text with some of its letters changed, taken out or added. */
const edited = (texts: fc.Arbitrary<string>) => {
  const letter = fc.constantFrom(...'0123456789-+.eE_ /:TZx"\\,}');
  const edits = fc.array(fc.tuple(fc.nat(24), fc.nat(1), fc.oneof(letter, fc.constant(""))), { maxLength: 2 });
  return fc
    .tuple(texts, edits)
    .map(([whole, changes]) =>
      changes.reduce((text, [at, cut, added]) => text.slice(0, at) + added + text.slice(at + cut), whole),
    );
};

describe("what passes the guard of JSON lines", () => {
  it.each(Object.entries(valid))("as %s is read by DuckDB as by the exact reader", async (type, texts) => {
    const columns = columnsOf({ v: type, t: "string" });
    const line = (text: string) => `{"v":${text},"t":"x"}\n`;
    const sampled = fc.sample(
      fc.oneof({ arbitrary: texts, weight: 3 }, { arbitrary: edited(texts), weight: 3 }, odd),
      samples,
    );
    const passed = [...new Set(sampled)].filter((text) => passes(line("null") + line(text), columns));
    const json = passed.filter((text) => isJson(line(text)));
    expect(json.length).toBeGreaterThan(type === "boolean" ? 2 : samples / 20);
    await withReaders(columns, async (exact, scanned) => {
      const rows = await exact(json.map(line).join(""));
      expect(rows).toHaveLength(json.length);
      expect(await scanned(json.map(line).join(""))).toEqual(rows);
      // The guard leaves it to DuckDB's reader to refuse some of what is no JSON.
      for (const text of passed.filter((one) => !isJson(line(one))).slice(0, 20)) {
        expect([text, await scanned(line("null") + line(text))]).toEqual([text, undefined]);
      }
    });
  });

  it("is read by DuckDB as by the exact reader, however the lines are written", async () => {
    const columns = columnsOf({
      id: "int64",
      price: "decimal(18,2)",
      nämé: "string",
      at: "timestamp",
      "a long key": "date",
    });
    const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
      id: fc.constantFrom("1", "-7", "null"),
      price: fc.constantFrom("1.25", "0", "-3.5"),
      nämé: fc.constantFrom('""', '"a\\nb"', '"é{}[],:"', "null"),
      at: fc.constantFrom('"2024-02-29T00:00:00Z"', "null"),
      "a long key": fc.constantFrom('"2024-02-29"', "null"),
    };
    const member = fc
      .constantFrom(...Object.keys(values))
      .chain((key) => values[key]!.map((value) => [key, value] as const));
    const rare = <T>(usual: T, ...others: T[]) =>
      fc.oneof({ arbitrary: fc.constant(usual), weight: 40 }, fc.constantFrom(...others));
    const space = rare("", " ", "\t", "\r", "  ", "\n", "\v", "\u00a0", "#");
    const record = fc
      .tuple(
        fc.uniqueArray(member, { selector: ([key]) => key, maxLength: 5 }),
        rare([] as (readonly [string, string])[], [["new", "1"]], [["id", "2"]], [["ID", "2"]]),
        fc.infiniteStream(space),
        rare("\n", "\r\n", "\n\n", " \n", "", " \r\n  \n", ",\n", "\r"),
      )
      .map(([members, more, spaces, end]) => {
        const gap = () => spaces.next().value;
        const parts = [...members, ...more].map(
          ([key, value]) => `${gap()}${JSON.stringify(key)}${gap()}:${gap()}${value}${gap()}`,
        );
        return `${gap()}{${parts.join(",") || gap()}}${gap()}${end}`;
      });
    const document = fc
      .tuple(
        rare("", "\ufeff", "\n", "[", "{}\n"),
        fc.array(record, { minLength: 1, maxLength: 6 }),
        rare("", "{", "\0", "1\n", "null\n"),
        fc.nat(199),
      )
      .map(([before, records, behind, cut]) => {
        const bytes = Buffer.from(before + records.join("") + behind);
        // Now and then a character is cut in two.
        if (cut < bytes.length / 4) bytes[cut] = 0xc3;
        return Buffer.concat([bytes, Buffer.from("\n")]);
      });
    let passed = 0;
    await withReaders(columns, async (exact, scanned) => {
      for (const bytes of fc.sample(document, 1500)) {
        if (!passes(bytes, columns) || passed > 60) continue;
        passed++;
        expect([bytes.toString(), await scanned(bytes)]).toEqual([bytes.toString(), await exact(bytes)]);
      }
    });
    expect(passed).toBeGreaterThan(50);
  });
});

describe("the guard of a file of JSON lines", () => {
  const columns = columnsOf({ id: "int64", text: "string", "a key that is longer than all margins behind": "boolean" });
  const line = (id: number | string, text: string) =>
    `{"id":${id},"text":"${text}","a key that is longer than all margins behind":true}\n`;
  const many = Array.from({ length: 30_000 }, (_, id) => line(id, "é".repeat(id % 50)));

  async function check(...lines: string[]) {
    const path = join(await folder(), "t.jsonl");
    await writeFile(path, lines.join(""));
    const { size } = await stat(path);
    const file: DataFile = { path, name: "t.jsonl", size, modified: 0, format: "jsonl", compression: "none" };
    await jsonLinesGuard(columns)!.check(file, new AbortController().signal);
  }

  it("passes many lines, and longer ones than it has memory for at first", async () => {
    await check(...many, line(1, "x".repeat(5_000_000)), ...many, line(2, "\\u00e9").trimEnd());
  });

  it.each([
    ["under a limit of addresses", "ulimit -v 6000000;", ""],
    ["without WebAssembly", "", "--jitless"],
  ])("passes large files %s", async (_where, before, flag) => {
    const path = join(await folder(), "t.jsonl");
    await writeFile(path, [...many, ...many, ...many].join(""));
    const { size } = await stat(path);
    const guard = new URL("../../../dist/connectors/file/json/guard/json-lines-guard.js", import.meta.url);
    const program = `
      const { jsonLinesGuard } = await import(${JSON.stringify(guard.href)});
      const file = ${JSON.stringify({ path, name: "t.jsonl", size, modified: 0, format: "jsonl", compression: "none" })};
      await jsonLinesGuard(${JSON.stringify(columns)}).check(file, new AbortController().signal);
      console.log("passed");`;
    const command = `${before} exec "$0" ${flag} --input-type=module`;
    expect(execFileSync("sh", ["-c", command, process.execPath], { input: program, encoding: "utf8" })).toBe(
      "passed\n",
    );
  });

  it("passes a line longer than it has memory for in a small file too", async () => {
    await check(line(1, "x".repeat(2_500_000)), line(2, "").trimEnd());
  });

  it("says in which line a value stands that does not pass", async () => {
    const bad = check(...many, line(1, "x".repeat(5_000_000)), ...many, line("1.5", ""), ...many);
    await expect(bad).rejects.toMatchObject({ code: "type.mismatch", column: "id", row: "60002" });
  });

  it("refuses lines that are longer than DuckDB's reader takes", async () => {
    const long = check(...many, line(1, "x".repeat(17 * 1024 * 1024)), ...many);
    await expect(long).rejects.toMatchObject({ code: "type.mismatch", message: expect.stringContaining("longer") });
  });
});

function isJson(line: string): boolean {
  try {
    return Object.keys(JSON.parse(line)).length === 2;
  } catch {
    return false;
  }
}
