import { expect, it } from "vitest";
import { transformFacts } from "../../../cli/output/transform-facts.js";
import { Secret } from "../../../sdk/config/secret.js";
import { scalar } from "../../../sdk/schema/column-type.js";

it("names each transform in the order in which it is applied, and no key of a mask", () => {
  const facts = transformFacts({
    sql: "select *\n  from batch",
    derive: { day: "date_trunc('day', at)", year: "year(day)" },
    filter: "id > 1",
    mask: { email: { type: "hmac_sha256", key: new Secret("k3y") }, name: { type: "redact" } },
    cast: { total: { kind: "decimal", precision: 12, scale: 2 }, id: scalar("int64") },
    rename: { amount: "total" },
  });
  expect(facts).toEqual([
    ["rename", "amount → total"],
    ["cast", "total as decimal(12,2), id as int64"],
    ["mask", "email by hmac_sha256, name by redact"],
    ["filter", "id > 1"],
    ["derive", "day = date_trunc('day', at)"],
    ["derive", "year = year(day)"],
    ["sql", "select * from batch"],
  ]);
});

it("has nothing to say where nothing is done", () => {
  expect(transformFacts({})).toEqual([]);
});
