import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OpenSource } from "../../../sdk/index.js";
import { folderWith, load, onlyStream, type Taken, take, type Wanted, withSource } from "./file-source.js";

/** What reads give of a file whose types were found in its first rows: the rows, or the code of the error. */
async function outcomes(text: string, config: Record<string, unknown>, ...reads: Wanted[]): Promise<unknown[]> {
  const dir = await folderWith({ "t.csv": text });
  return await withSource(dir, { path: "t.csv", ...config }, async (source) => {
    const found: unknown[] = [];
    for (const wanted of reads) found.push(await outcome(source, wanted));
    return found;
  });
}

async function outcome(source: OpenSource, wanted: Wanted): Promise<unknown> {
  try {
    const { columns, rows } = await take(source, await onlyStream(source), wanted);
    return { columns, rows };
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  }
}

/** The SQL of the scan of a file. */
async function scanOf(text: string): Promise<string> {
  return await withSource(await folderWith({ "t.csv": text }), { path: "t.csv" }, async (source) => {
    const stream = await onlyStream(source);
    const request = { stream, mode: "full_refresh", rereads: "forbidden", scans: true, parallelism: 1 } as const;
    const messages = source.read({
      ...request,
      columns: stream.columns.map(({ name }) => name),
      inference: "optimistic",
      batch: { rows: 1000, bytes: 1 << 20 },
      signal: new AbortController().signal,
    });
    for await (const message of messages) if (message.type === "scan") return message.scan.sql;
    return "";
  });
}

/** DuckDB's reader with SQL that checks every value is the measure. A scan that is checked aside may leave a file to that. */
async function agree(text: string, config: Record<string, unknown> = {}): Promise<void> {
  const exhaustive = { scans: true, inference: "exhaustive" } as const;
  const [exact, ours, scanned] = await outcomes(text, config, exhaustive, { scans: false }, { scans: true });
  expect([text, ours]).toEqual([text, exact]);
  if (scanned !== "type.mismatch") expect([text, scanned]).toEqual([text, exact]);
}

const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
const sign = fc.constantFrom("", "-");
const values: Record<string, fc.Arbitrary<string>> = {
  integer: fc.oneof(
    fc.integer().map(String),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.constant(""),
  ),
  decimal: fc.tuple(sign, fc.nat({ max: 9_999_999 }), digits(4)).map(([s, whole, part]) => `${s}${whole}.${part}`),
  wide: fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 18n }), digits(12)).map(([whole, part]) => `${whole}.${part}`),
  float: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), fc.constant("1e5")),
  boolean: fc.constantFrom("true", "false", "TRUE", "False", ""),
  date: fc
    .date({ min: new Date("1500-01-01"), max: new Date("2600-01-01"), noInvalidDate: true })
    .map((d) => d.toISOString().slice(0, 10)),
  datetime: fc
    .date({ min: new Date("1650-01-01"), max: new Date("2300-01-01"), noInvalidDate: true })
    .map((d) => d.toISOString().replace("T", " ").slice(0, -1)),
  timestamp: fc
    .tuple(
      fc.date({ min: new Date("1900-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
      fc.constantFrom("Z", "+02:00", "-0330", "+05"),
    )
    .map(([d, zone]) => d.toISOString().slice(0, -1) + zone),
  code: fc.tuple(fc.constant("0"), digits(5)).map((parts) => parts.join("")),
  text: fc.string({ maxLength: 12, unit: "grapheme" }).filter((text) => !text.includes("\0")),
  odd: fc.constantFrom(
    "-0",
    "-0.00",
    ".5",
    "-.5",
    "5.",
    "+1",
    " 1",
    "1e3",
    "NaN",
    "null",
    "007",
    "0",
    "a\rb",
    "a\nb",
    '"',
    'a"b',
  ),
};

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
/** A value as a writer of CSV would write it; some quote what need not be. */
const written = (text: string, always: boolean) => (always || /[",\r\n]/.test(text) ? quoted(text) : text);

const column = fc.constantFrom(...Object.keys(values));
const table = fc
  .tuple(fc.array(column, { minLength: 2, maxLength: 5 }), fc.nat({ max: 30 }), fc.constantFrom("\n", "\r\n"))
  .chain(([kinds, rows, newline]) =>
    fc.tuple(
      fc.constant(kinds),
      fc.array(fc.tuple(...kinds.map((kind) => fc.tuple(values[kind]!, fc.integer({ min: 0, max: 9 })))), {
        minLength: rows,
        maxLength: rows,
      }),
      fc.constant(newline),
      fc.boolean(),
    ),
  )
  .map(([kinds, rows, newline, ends]) => {
    const lines = rows.map((row) => row.map(([text, chance]) => written(text, chance === 0)).join(","));
    return [kinds.map((kind, i) => `${kind}_${i}`).join(","), ...lines].join(newline) + (ends ? newline : "");
  });

describe("CSV read from its bytes", () => {
  it("gives what DuckDB's reader gives when every value is checked, or the same error", async () => {
    await fc.assert(
      fc.asyncProperty(table, (text) => agree(text)),
      { numRuns: 15 },
    );
  });

  it.each([
    ["an empty line", "a,b\n1,2\n\n3,4\n"],
    ["empty lines at the end", "a,b\n1,2\n\n\n"],
    ["a row that is too short", "a,b\n1,2\n3\n"],
    ["a row that is too long", "a,b\n1,2\n3,4,5\n"],
    ["a quote inside a value", 'a,b\n1,x"y\n2,z\n'],
    ["text behind a closing quote", 'a,b\n1,"x"y\n'],
    ["a quote that is never closed", 'a,b\n1,"x\n2,y\n'],
    ["line ends of two kinds", "a,b\r\n1,2\n3,4\r\n"],
    ["a carriage return alone", "a,b\n1,x\ry\n"],
    ["one column", "a\n1\n\n2\n"],
    ["a byte order mark", "\ufeffa,b\n1,2\n"],
    ["no line end at the end", "a,b\n1,2"],
    ["doubled quotes and quoted line ends", 'a,b\n1,"say ""hi"""\n2,"two\nlines"\n3,""""\n'],
    ["a NUL", "a,b\n1,x\0y\n"],
    ["only a header", "a,b\n"],
    ["a value that fits no type seen before", `a,b\n${"1,2\n".repeat(5000)}x,2\n`],
    ["a decimal with more digits than seen before", `a,b\n${"1.5,2\n".repeat(5000)}1.55,2\n`],
  ])("agrees about %s", async (_, text) => {
    await agree(text);
  });

  it.each([
    ["null strings", "a,b\nNA,x\n-,NA\n", { csv: { null_strings: ["NA", "-"] } }],
    ["no header", "1,x\n2,y\n", { csv: { header: false, columns: ["n", "t"] } }],
    ["another delimiter and quote", "a;b\n'x;y';2\n", { csv: { delimiter: ";", quote: "'" } }],
    ["no quote", 'a,b\n"x,2\n', { csv: { quote: "" } }],
    ["an escape of its own", 'a,b\n"x\\"y",2\n', { csv: { escape: "\\" } }],
    ["rows that are filled up", "a,b\n1\n2,3\n", { csv: { ragged: "pad" } }],
    ["lines to skip", "junk\na,b\n1,2\n", { csv: { skip: 1 } }],
    ["comments", "a,b\n#1,2\n3,4\n", { csv: { comment: "#" } }],
    ["a line that is too long", `a,b\n1,${"x".repeat(3000)}\n2,y\n`, { csv: { max_line_bytes: 2000 } }],
  ])("agrees about %s", async (_, text, config) => {
    await agree(text, config);
  });

  it("is scanned with DuckDB's own types wherever it is plainly written", async () => {
    const lines = Array.from(
      { length: 8000 },
      (_, i) =>
        `${i},-${i}.5,"${i % 28}, ""q"" \n x",2024-02-${10 + (i % 20)},${i / 7},true,2024-01-01 00:00:0${i % 9}Z,`,
    );
    const text = `id,amount,note,day,ratio,flag,at,nothing\n${lines.join("\n")}\n\n`;
    const [exact, scanned] = await outcomes(text, {}, { scans: true, inference: "exhaustive" }, { scans: true });
    expect(scanned).toEqual(exact);
    expect(scanned).toMatchObject({ columns: expect.arrayContaining(["amount:decimal(18,1)", "day:date"]) });
    expect(await scanOf(text)).toContain("'BIGINT', c1: 'DECIMAL(18,1)', c2: 'VARCHAR', c3: 'DATE'");
  });

  it.each([
    ["a leading zero", "007,1.5,2024-01-01,1.5"],
    ["a sign", "+7,1.5,2024-01-01,1.5"],
    ["an exponent in a whole number", "1e2,1.5,2024-01-01,1.5"],
    ["a fraction in a whole number", "7.5,1.5,2024-01-01,1.5"],
    ["a space", "7 ,1.5,2024-01-01,1.5"],
    ["an underscore", "1_000,1.5,2024-01-01,1.5"],
    ["a number that is too long", "9223372036854775808,1.5,2024-01-01,1.5"],
    ["minus zero", "-0,1.5,2024-01-01,1.5"],
    ["a decimal with minus zero", "7,-0.0,2024-01-01,1.5"],
    ["a decimal with one place more", "7,1.234,2024-01-01,1.5"],
    ["a decimal with an exponent", "7,1e2,2024-01-01,1.5"],
    ["a decimal that is too long", "7,12345678901234567.5,2024-01-01,1.5"],
    ["another form of a date", "7,1.5,2024-1-1,1.5"],
    ["a date with slashes", "7,1.5,2024/01/01,1.5"],
    ["a day that is none", "7,1.5,2023-02-29,1.5"],
    ["more digits than a float has", "7,1.5,2024-01-01,1.23456789012345678901"],
    ["a quoted empty value", '"",1.5,2024-01-01,1.5'],
    ["a NUL", "7,1.5,2024-01-01,1.5\0"],
  ])("is read more carefully where it has %s", async (_, row) => {
    // Behind the rows that the types are found in and the bytes that are looked at beforehand.
    const usual = `7,1.25,2024-02-29,0.1e1,${"x".repeat(250)}\n`.repeat(5000);
    const text = `id,amount,day,ratio,note\n${usual}${row},\n`;
    expect(await outcomes(text, {}, { scans: true })).toEqual(["type.mismatch"]);
  });

  it("goes on where bytes are cut, over values larger than a chunk, and hands over in the middle", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `${i},"${"äö\n".repeat(i % 7 === 3 ? 400_000 : 9000 + i)}"`);
    const text = `id,v\n${rows.join("\n")}\n`;
    const read = async (source: string) => load(await folderWith({ "t.csv": source }), { path: "t.csv" });
    const expected = rows.map((row) => [row.split(",")[0]!, row.slice(row.indexOf('"') + 1, -1)]);
    expect((await read(text)).rows).toEqual(expected);
    const { rows: handed }: Taken = await read(`${text}30,"x"\n\n31,y\n`);
    expect(handed).toEqual([...expected, ["30", "x"], ["31", "y"]]);
  });

  it("filters, selects and keeps to its limits", async () => {
    const text = `id,v\n${Array.from({ length: 3000 }, (_, i) => `${i},v${i % 3}`).join("\n")}\n`;
    const wanted = { columns: ["v"], filter: [{ column: "id", operator: ">=" as const, values: ["2997"] }] };
    const { rows } = await load(await folderWith({ "t.csv": text }), { path: "t.csv" }, wanted);
    expect(rows).toEqual([["v0"], ["v1"], ["v2"]]);
  });
});
