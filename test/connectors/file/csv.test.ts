import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { folderWith, load } from "./file-source.js";

async function csv(text: string | Uint8Array, config: Record<string, unknown> = {}, scans = false) {
  return load(await folderWith({ "t.csv": text }), { path: "t.csv", ...config }, { scans });
}

describe.each([
  ["batches", false],
  ["scans", true],
])("CSV read as %s", (_name, scans) => {
  it("keeps every digit: codes stay text, decimals keep their scale, wide integers are decimals", async () => {
    const { columns, rows } = await csv(
      "code,phone,small,wide,price,ratio,mixed\n007,+491,1,9223372036854775808,47.00,1.5e3,1\n8,+5,-2,1,1.1,2,x\n",
      {},
      scans,
    );
    expect(columns).toEqual([
      "code:string",
      "phone:string",
      "small:int64",
      "wide:decimal(38,0)",
      "price:decimal(18,2)",
      "ratio:float64",
      "mixed:string",
    ]);
    expect(rows).toEqual([
      ["007", "+491", "1", "9223372036854775808", "47.00", "1500", "1"],
      ["8", "+5", "-2", "1", "1.10", "2", "x"],
    ]);
  });

  it("takes fractions with the digits of a printed float64 for floats, unless a float64 would change one of the others", async () => {
    const { columns, rows } = await csv(
      "float,mixed,amount\n956.4091649683129,0.016666666666666666,12345678901234.56\n12.5,0.123456789012345678,1.1\n",
      {},
      scans,
    );
    expect(columns).toEqual(["float:float64", "mixed:decimal(18,18)", "amount:decimal(18,2)"]);
    expect(rows).toEqual([
      ["956.4091649683129", "0.016666666666666666", "12345678901234.56"],
      ["12.5", "0.123456789012345678", "1.10"],
    ]);
  });

  it("tells an empty value, which is NULL, from a quoted one, which is empty text", async () => {
    const { rows } = await csv('a,b\n1,\n2,""\n3,"x"\n', {}, scans);
    expect(rows).toEqual([
      ["1", null],
      ["2", ""],
      ["3", "x"],
    ]);
  });

  it("takes ISO dates and times and true and false for what they are, and nothing that is ambiguous", async () => {
    const { columns, rows } = await csv(
      "d,dt,ts,b,us,bits\n2024-02-29,2024-02-29 12:00:00.5,2024-02-29T12:00:00+02:00,true,02/03/2024,t\n" +
        "2023-01-01,2023-01-01,2023-01-01 00:00:00Z,FALSE,01/01/2023,f\n",
      {},
      scans,
    );
    expect(columns).toEqual(["d:date", "dt:datetime", "ts:timestamp", "b:boolean", "us:string", "bits:string"]);
    expect(rows[0]).toEqual([
      "2024-02-29",
      "2024-02-29 12:00:00.5",
      "2024-02-29 10:00:00+00",
      "true",
      "02/03/2024",
      "t",
    ]);
    expect(rows[1]![1]).toBe("2023-01-01 00:00:00");
  });

  it("leaves text that no type holds exactly as text", async () => {
    const { columns, rows } = await csv(
      "digits,nanos,spaced,minus\n0.1234567890123456789012345678901234567890,2024-01-01 00:00:00.1234567, 5,-0\n",
      {},
      scans,
    );
    expect(columns).toEqual(["digits:string", "nanos:string", "spaced:string", "minus:float64"]);
    expect(rows[0]).toEqual(["0.1234567890123456789012345678901234567890", "2024-01-01 00:00:00.1234567", " 5", "-0"]);
  });

  it.each([
    ["too few values", "a,b\n1,2\n1\n3,4\n", "file.columns", ":3:"],
    ["too many values", "a,b\n1,2\n1,2,3\n", "file.columns", ":3:"],
    ["a quote that does not end", 'a,b\n1,2\n1,"x\n3,4\n', "file.quote", ":3:"],
    ["bytes that are not UTF-8", Buffer.from("a,b\n1,2\n1,caf\xe9\n", "latin1"), "file.encoding", ":3:"],
  ])("stops at %s, naming file and line", async (_what, text, code, place) => {
    await expect(csv(text, {}, scans)).rejects.toMatchObject({
      kind: "data",
      code,
      message: expect.stringContaining(`t.csv${place}`),
    });
  });

  it("stops at a value that the sampled type does not hold, naming the column", async () => {
    const many = Array.from({ length: 5000 }, (_, i) => `${i},${i}.25\n`).join("");
    for (const [bad, column] of [
      ["007,1.00", "a"],
      ["1,1.234", "b"],
      ["1,1e2", "b"],
      ["1,-0.00", "b"],
    ] as const) {
      await expect(csv(`a,b\n${many}${bad}\n`, {}, scans)).rejects.toMatchObject({ code: "type.mismatch", column });
    }
  });
});

describe("CSV settings", () => {
  it("finds the delimiter", async () => {
    for (const delimiter of [",", ";", "\t", "|"]) {
      const { columns } = await csv(`${["a", "b"].join(delimiter)}\n1${delimiter}"x${delimiter},;y"\n`);
      expect(columns).toEqual(["a:int64", "b:string"]);
    }
  });

  it("names columns that the file does not, and tells equal names apart", async () => {
    expect((await csv("1,2\n", { csv: { header: false } })).columns).toEqual(["column_1:int64", "column_2:int64"]);
    expect((await csv("x,,x\n1,2,3\n")).columns).toEqual(["x:int64", "column_2:int64", "x_2:int64"]);
    expect((await csv("1,2\n", { csv: { header: false, columns: ["p", "q"] } })).rows).toEqual([["1", "2"]]);
  });

  it("skips a preamble and comments only when told to", async () => {
    const { rows } = await csv("made by x\na,b\n#no\n1,2\n", { csv: { skip: 1, comment: "#" } });
    expect(rows).toEqual([["1", "2"]]);
  });

  it("fills short lines with NULL when told to", async () => {
    expect((await csv("a,b\n1\n2,3\n", { csv: { ragged: "pad" } })).rows).toEqual([
      ["1", null],
      ["2", "3"],
    ]);
  });

  it("takes the texts told for NULL", async () => {
    const { columns, rows } = await csv('a\n1\nNA\n"NA"\n', { csv: { null_strings: ["", "NA"] } });
    expect(columns).toEqual(["a:string"]);
    expect(rows).toEqual([["1"], [null], ["NA"]]);
  });

  it.each([
    ["utf-16le", Buffer.from("\ufeffa,b\n1,é\n", "utf16le"), {}],
    ["windows-1252", Buffer.from("a,b\n1,\x80\n", "latin1"), { csv: { encoding: "windows-1252" } }],
    ["utf-8 with a byte order mark", Buffer.from("\ufeffa,b\n1,é\n"), {}],
  ])("reads %s", async (name, bytes, config) => {
    const { columns, rows } = await csv(bytes, config);
    expect(columns[0]).toBe("a:int64");
    expect(rows).toEqual([["1", name === "windows-1252" ? "€" : "é"]]);
  });

  it("refuses a compressed file that is cut, before any checkpoint", async () => {
    const whole = gzipSync(Buffer.from(`a,b\n${"1,2\n".repeat(100_000)}`));
    const dir = await folderWith({ "cut.csv.gz": whole.subarray(0, whole.length - 4), "whole.csv.gz": whole });
    expect((await load(dir, { path: "whole.csv.gz" })).rows).toHaveLength(100_000);
    await expect(load(dir, { path: join(dir, "cut.csv.gz") })).rejects.toMatchObject({ code: "file.damaged" });
  });

  it("gives no rows for an empty file, and its columns for a header alone", async () => {
    expect(await csv("")).toMatchObject({ columns: [], rows: [] });
    expect(await csv("a,b\n")).toMatchObject({ columns: ["a:string", "b:string"], rows: [] });
  });
});
