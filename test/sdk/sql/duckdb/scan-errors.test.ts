import { describe, expect, it } from "vitest";
import { ConfigError, SystemError } from "../../../../sdk/index.js";
import { mismatchSql, scanError } from "../../../../sdk/sql/duckdb/scan-errors.js";

const scan = { origin: "in/orders.csv" };

describe("errors of DuckDB's file readers", () => {
  it.each([
    [
      "CSV Error on Line: 3\nOriginal Line: 1,2\nExpected Number of Columns: 3 Found: 2\nPossible fixes:",
      { code: "file.columns", message: "in/orders.csv:3: the line has 2 values, the header 3: '1,2'", row: "3" },
    ],
    [
      'CSV Error on Line: 12\nOriginal Line: 1,"x\nValue with unterminated quote found.\n',
      { code: "file.quote", row: "12" },
    ],
    ["CSV Error on Line: 2\nOriginal Line: a\nInvalid unicode (byte sequence mismatch)", { code: "file.encoding" }],
    [
      "CSV Error on Line: 2\nMaximum line size of 2000000 bytes exceeded. Actual Size:5000004 bytes.",
      { code: "file.line_too_long" },
    ],
    [
      'CSV Error on Line: 5\nOriginal Line: x,2\nError when converting column "c0". Could not convert string "x" to \'BIGINT\'',
      { code: "type.mismatch", row: "5" },
    ],
    [
      'JSON transform error in file "in/a.jsonl", in line 7: Failed to cast value to numerical: 12345678901234567890',
      { code: "type.mismatch", row: "7" },
    ],
    [
      'Malformed JSON in file "in/a.jsonl", at byte 5 in line 9: unexpected character.',
      { code: "type.mismatch", row: "9" },
    ],
    ["Invalid Input Error: No magic bytes found at end of file 'x.parquet'", { code: "file.damaged" }],
  ])("become errors of the data with their place: %s", (message, expected) => {
    expect(scanError(new Error(`Invalid Input Error: ${message}`), scan)).toMatchObject({ kind: "data", ...expected });
    // As they come from another thread, where only the text is left.
    const crossed = new SystemError("duckdb.unexpected", `warehouse.duckdb: Invalid Input Error: ${message}`);
    expect(scanError(crossed, scan)).toMatchObject({ kind: "data", ...expected });
  });

  it("say column and value of a mismatch, whatever is in them", () => {
    const sql = mismatchSql({ column: `it's "x"]`, type: "decimal(18,2)", text: "c0" });
    const literal = /'((?:[^']|'')*)'/.exec(sql)![1]!.replaceAll("''", "'");
    expect(scanError(new Error(`Invalid Input Error: ${literal}1.234`), scan)).toMatchObject({
      code: "type.mismatch",
      column: `it's "x"]`,
      message: `in/orders.csv: column 'it's "x"]' seemed to be decimal(18,2) and holds '1.234'`,
    });
  });

  it("leave every other error as it is", () => {
    for (const error of [new Error("IO Error: disk"), new ConfigError("a.b", "CSV Error on Line: 3"), "text"]) {
      expect(scanError(error, scan)).toBe(error);
    }
  });
});
