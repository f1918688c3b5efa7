import { describe, expect, it } from "vitest";
import { decide, firstColumns } from "../../../core/schema/drift.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";

const rules = { maxIdentifierBytes: 63, caseInsensitive: false };
const column = (name: string, type: string, nullable = true): Column => ({ name, type: parseType(type), nullable });
const known = firstColumns([column("id", "int32", false), column("total", "decimal(10,2)")], rules);

describe("the decision on a changed schema", () => {
  it("is empty when nothing changed", () => {
    const decision = decide(known, [column("id", "int32", false), column("total", "decimal(10,2)")], rules);
    expect(decision).toEqual({ columns: known, changes: [], refusals: [] });
  });

  it("adds a new column, which may be null for the rows already there", () => {
    const seen = [column("id", "int32", false), column("total", "decimal(10,2)"), column("note", "string", false)];
    const { changes, refusals } = decide(known, seen, rules);
    expect(changes).toEqual([{ type: "add_column", column: column("note", "string", true) }]);
    expect(refusals).toEqual([]);
  });

  it("widens where the new type holds every old value", () => {
    const { changes } = decide(known, [column("id", "int64", false), column("total", "string")], rules);
    expect(changes).toMatchObject([
      { type: "widen_column", column: "id", to: { kind: "int64" } },
      { type: "widen_column", column: "total", to: { kind: "string" } },
    ]);
  });

  it("finds the decimal that holds both where neither does", () => {
    const { changes, columns } = decide(known, [column("id", "int32", false), column("total", "decimal(9,6)")], rules);
    expect(columns[1]!.type).toEqual(parseType("decimal(14,6)"));
    expect(changes).toMatchObject([{ type: "widen_column", column: "total" }]);
  });

  it("keeps the wider type when the source's grows narrower", () => {
    const { changes, columns } = decide(known, [column("id", "int16", false), column("total", "decimal(8,2)")], rules);
    expect(changes).toEqual([]);
    expect(columns.map((c) => c.type)).toEqual(known.map((c) => c.type));
  });

  it("allows nulls when the source does", () => {
    const { changes } = decide(known, [column("id", "int32", true), column("total", "decimal(10,2)")], rules);
    expect(changes).toEqual([{ type: "allow_null", column: "id" }]);
  });

  it("refuses a column that is gone and a type that holds other values, naming both", () => {
    const { refusals } = decide(known, [column("id", "boolean", false)], rules);
    expect(refusals).toEqual([
      "column 'total' is gone from the source",
      "column 'id' was int32 and is now boolean, which does not hold every int32",
    ]);
  });
});
