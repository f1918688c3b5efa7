import { describe, expect, it } from "vitest";
import type { SchemaChange } from "../../../sdk/destination.js";
import { changedColumns } from "../../../sdk/schema/changed-columns.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import { renamesFirst } from "../../../sdk/schema/renames-first.js";

const column = (name: string, type: string, native?: string) => ({
  name,
  type: parseType(type.replace("!", "")),
  nullable: !type.endsWith("!"),
  ...(native === undefined ? {} : { native: { system: "postgres", type: native } }),
});
const before = [column("a", "int16!", "smallint"), column("b", "string!")];
const changes: readonly SchemaChange[] = [
  { type: "widen_column", column: "a", from: parseType("int16"), to: parseType("int32") },
  { type: "allow_null", column: "b" },
  { type: "rename_column", column: "b", to: "note" },
  { type: "add_column", column: column("b", "date") },
];
const after = [column("a", "int32!"), column("note", "string"), column("b", "date")];

describe("columns after changes", () => {
  it("are what batches have from there on", () => {
    expect(changedColumns(before, changes)).toEqual(after);
  });

  it("are the same where they were announced as they become", () => {
    expect(changedColumns(after, changes)).toEqual(after);
  });
});

describe("renames first", () => {
  it("come to the same, by the final names", () => {
    const { renames, others } = renamesFirst([
      ...changes,
      { type: "rename_column", column: "a", to: "x" },
      { type: "rename_column", column: "x", to: "y" },
      { type: "rename_column", column: "b", to: "day" },
    ]);
    expect(renames).toEqual([
      { from: "b", to: "note" },
      { from: "a", to: "x" },
      { from: "x", to: "y" },
    ]);
    expect(others).toEqual([
      { type: "widen_column", column: "y", from: parseType("int16"), to: parseType("int32") },
      { type: "allow_null", column: "note" },
      { type: "add_column", column: column("day", "date") },
    ]);
  });
});
