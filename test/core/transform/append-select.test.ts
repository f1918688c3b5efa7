import { afterAll, describe, expect, it } from "vitest";
import { expressionEngine } from "../../../core/transform/engine.js";
import { prepareRows } from "../../../core/transform/prepare-rows.js";
import { openRefinery } from "../../../core/transform/refinery.js";
import type { Transforms } from "../../../core/transform/transforms.js";
import { pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import { scalar } from "../../../sdk/schema/column-type.js";

const columns = [
  { name: "id", type: scalar("int64"), nullable: false },
  { name: "name", type: scalar("string"), nullable: true },
  { name: "price", type: scalar("string"), nullable: true },
];
const rows = [
  { id: 1, name: "Ann", price: "2.50" },
  { id: 2, name: "Bob", price: "n/a" },
  { id: 3, name: null, price: "4" },
  { id: 9_007_199_254_740_993n, name: "Big", price: "1" },
];
const engine = expressionEngine(64 * 1024 ** 2);
afterAll(() => engine.close());

describe("sql", () => {
  it("makes at most one row of each row; what it leaves out is filtered, and what fails is rejected", async () => {
    const { batch, filtered, rejects } = await refined({
      sql: `SELECT batch.id, upper(name) AS name, CAST(price AS DECIMAL(9,2)) AS price,
              id + 9223372036854775807::HUGEINT AS far
            FROM batch WHERE name IS NOT NULL`,
    });
    expect(unpack(batch)).toEqual([
      { id: 1n, name: "ANN", price: "2.50", far: "9223372036854775808" },
      { id: 9_007_199_254_740_993n, name: "BIG", price: "1.00", far: "9232379236109516800" },
    ]);
    expect(filtered).toBe(1);
    expect(rejects).toMatchObject([{ row: 1, rule: "sql(price)" }]);
  });

  it("computes every column from the rows as they came, and passes on what it only names", async () => {
    const { batch } = await refined({ derive: { n: "length(name)" }, sql: "select *, id * 10 as tenfold from batch" });
    expect(unpack(batch)[0]).toEqual({ id: 1n, name: "Ann", price: "2.50", n: 3n, tenfold: 10n });
    const swapped = await refined({ sql: "select name as price, price as name from batch where id = 1" });
    expect(unpack(swapped.batch)).toEqual([{ price: "Ann", name: "2.50" }]);
  });

  it.each([
    ["select count(*) as n from batch", "expression.forbidden"],
    ["select id from batch order by id", "expression.forbidden"],
    ["select distinct id from batch", "expression.forbidden"],
    ["select id from batch limit 1", "expression.forbidden"],
    ["select id from other", "expression.forbidden"],
    ["select a.id from batch a join batch b on true", "expression.forbidden"],
    ["select id from batch union all select id from batch", "expression.invalid"],
    ["select unnest([1, 2]) as x from batch", "expression.forbidden"],
    ["select row_number() over () as x from batch", "expression.forbidden"],
    ["select (select 1) as x from batch", "expression.forbidden"],
    ["select content as x from read_text('/etc/passwd')", "expression.forbidden"],
    ["with batch as (select 1 as id) select id from batch", "expression.forbidden"],
    ["select id from batch; drop table x", "expression.invalid"],
    ["select nme from batch", "expression.invalid"],
    ["select id, id from batch", "expression.invalid"],
    ["select id + 1 from batch", "expression.invalid"],
  ])("refuses %s", async (sql, code) => {
    await expect(refined({ sql })).rejects.toMatchObject({ kind: "config", code, option: { path: ["sql"] } });
  });
});

async function refined(transforms: Transforms) {
  const prepared = await prepareRows(columns, { stream: "s", transforms, rules: [] }, engine);
  const refinery = await openRefinery({ source: columns, rows: prepared, fits: [], engine });
  const result = await refinery.refine(pack(columns, rows));
  await refinery.close();
  return result;
}
