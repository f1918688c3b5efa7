import { expect, it } from "vitest";
import { type Referring, referredFirst } from "../../../core/sync/referred-first.js";

/** A stream as far as its order goes: its table, and the tables its relationships refer to. */
function plan(table: string, ...refersTo: string[]): Referring {
  const loads = refersTo.map((place) => {
    const [other = "", schema] = place.split(".").reverse();
    const test = { type: "relationship", column: "c", schema, table: other, references: "id" } as const;
    return { name: place, test, onFail: "fail", option: [] } as const;
  });
  return { table, schema: "shop", options: { quality: { rows: [], loads } } };
}

it.each<[string, Referring[], string[]]>([
  ["keeps the order of the source", [plan("b"), plan("a"), plan("c")], ["b", "a", "c"]],
  [
    "puts a table before those that refer to it",
    [plan("lines", "orders", "shop.parts"), plan("orders", "customers"), plan("customers"), plan("parts")],
    ["customers", "orders", "parts", "lines"],
  ],
  ["leaves tables of other schemas out", [plan("orders", "crm.customers"), plan("customers")], ["orders", "customers"]],
  ["takes a table that refers to itself", [plan("staff", "staff"), plan("a")], ["staff", "a"]],
  ["ends in a circle, too", [plan("a", "b"), plan("b", "c"), plan("c", "a"), plan("d")], ["c", "b", "a", "d"]],
])("%s", (_, plans, order) => {
  expect(referredFirst(plans).map(({ table }) => table)).toEqual(order);
});
