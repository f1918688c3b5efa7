import { describe, expect, it } from "vitest";
import { firstColumns } from "../../../core/schema/drift.js";
import { proposeRenames } from "../../../core/schema/propose-renames.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";

const column = (name: string, type: string, id?: string): Column => ({
  ...{ name, type: parseType(type), nullable: true },
  ...(id === undefined ? {} : { id }),
});
const rules = { maxIdentifierBytes: 63, caseInsensitive: false };
const proposals = (before: Column[], now: Column[]) =>
  proposeRenames(firstColumns(before, rules), now).map(({ from, to, samePosition }) => [
    `${from.source}=${to.name}`,
    samePosition,
  ]);

describe("proposed renames", () => {
  it("pair a column that is gone with a new one of its type, and say whether it stands in its place", () => {
    const before = [column("id", "int32"), column("total", "float64"), column("note", "string")];
    expect(proposals(before, [column("id", "int32"), column("amount", "float64"), column("note", "string")])).toEqual([
      ["total=amount", true],
    ]);
    const moved = [column("amount", "float64"), column("id", "int32"), column("note", "string")];
    expect(proposals(before, moved)).toEqual([["total=amount", false]]);
  });

  it("keep their place when something else was added before", () => {
    const before = [column("id", "int32"), column("total", "float64"), column("note", "string")];
    const now = [column("new", "json"), column("id", "int32"), column("amount", "float64"), column("note", "string")];
    expect(proposals(before, now)).toEqual([["total=amount", true]]);
  });

  it("are none where the types differ or the source knows better", () => {
    expect(proposals([column("a", "int32")], [column("b", "string")])).toEqual([]);
    expect(proposals([column("a", "int32", "1.1")], [column("b", "int32", "1.2")])).toEqual([]);
  });
});
