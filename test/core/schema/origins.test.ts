import { describe, expect, test } from "vitest";
import type { KnownColumn } from "../../../core/schema/known-column.js";
import { renamedByOption, withOrigins } from "../../../core/schema/origins.js";
import { scalar } from "../../../sdk/schema/column-type.js";

function known(source: string, from?: string): KnownColumn {
  return { source, target: source, type: scalar("string"), nullable: true, ...(from === undefined ? {} : { from }) };
}

describe("columns whose option `rename` has changed", () => {
  test.each<[string, KnownColumn[], Record<string, string>, Record<string, string>, string?]>([
    ["are found when it is new", [known("total")], { total: "usd" }, { total: "usd" }],
    ["are found when it is another", [known("usd", "total")], { total: "eur" }, { usd: "eur" }],
    ["are found when it is gone", [known("usd", "total")], { total: "total" }, { usd: "total" }],
    ["are found when names are swapped", [known("x", "a"), known("y", "b")], { a: "y", b: "x" }, { x: "y", y: "x" }],
    ["are found though another takes the name", [known("b", "a")], { a: "c", b: "b" }, { b: "c" }],
    ["are none where nothing has changed", [known("usd", "total"), known("id")], { total: "usd", id: "id" }, {}],
    [
      "are none where one is made that bears the source's name",
      [known("usd", "total"), known("total")],
      { total: "usd" },
      {},
    ],
    ["are none where the source has it no more", [known("usd", "total")], {}, {}],
    ["are none where an expression makes the old name", [known("total")], { total: "usd" }, {}, "total"],
  ])("%s", (_, columns, outputOf, expected, made) => {
    const seen = [...Object.values(outputOf), ...(made === undefined ? [] : [made])];
    const seenColumns = seen.map((name) => ({ name, type: scalar("string"), nullable: true }));
    const rows = { columns: seenColumns, outputOf: new Map(Object.entries(outputOf)) };
    expect(Object.fromEntries(renamedByOption(columns, rows))).toEqual(expected);
  });
});

test("columns keep the name they have at the source, where it is another", () => {
  const outputOf = new Map(Object.entries({ total: "usd", id: "id" }));
  expect(withOrigins([known("usd"), known("id", "was"), known("made")], outputOf)).toEqual([
    known("usd", "total"),
    known("id"),
    known("made"),
  ]);
});
