import { describe, expect, it } from "vitest";
import { parseType } from "../../../sdk/schema/column-type.js";
import { cursorCandidates } from "../../../sdk/schema/cursor-candidates.js";

const column = (name: string, type: string) => ({ name, type: parseType(type), nullable: true });

describe("cursor candidates", () => {
  it("are times of change first, then other times, then the integer that is the key", () => {
    const columns = [
      column("id", "int64"),
      column("born", "date"),
      column("created_at", "timestamp"),
      column("last_modified", "datetime"),
      column("total", "int32"),
      column("updated", "string"),
    ];
    expect(cursorCandidates(columns, ["id"])).toEqual(["last_modified", "created_at", "born", "id"]);
  });

  it("are none where no column has an order in time", () => {
    expect(cursorCandidates([column("a", "int64"), column("b", "int64")], ["a", "b"])).toEqual([]);
  });
});
