import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { StreamOptions } from "../../core/sync/plan.js";
import { decimal } from "../../sdk/schema/column-type.js";
import { queryPostgres } from "../support/query.js";
import type { Target } from "../support/targets.js";

// A stream to whose rows everything is done that can be: the crash tests kill it wherever they can.

/** The stream's table; `orders_lines` is its child table. */
export const table = "orders";

const file = join(mkdtempSync(join(tmpdir(), "sluice-whole-way-")), "graded.mjs");
writeFileSync(
  file,
  `export const columns = { grade: "string" };
   export default (row) => (row.more_k % 13n === 0n ? undefined : { ...row, grade: row.more_k % 2n === 0n ? "even" : "odd" });`,
);

export const wholeWay: StreamOptions = {
  cast: { amount: decimal(12, 2) },
  mask: { email: { type: "sha256" } },
  filter: "lower(status) <> 'test'",
  derive: { twice: "amount * 2" },
  nested: { lines: { type: "child_table" }, more: { type: "flatten" } },
  function: { file: "graded.mjs", path: file },
  quality: {
    rows: [
      {
        name: "named",
        test: { type: "not_null", column: "name" },
        onFail: "quarantine",
        option: ["quality", 0, "not_null", 0],
      },
    ],
    loads: [
      {
        name: "unique(id)",
        test: { type: "unique", columns: ["id"] },
        onFail: "fail",
        option: ["quality", 2, "unique"],
      },
      {
        name: "sums",
        test: { type: "expression", sql: "sum(twice) > 0 and count(*) = count(grade)" },
        onFail: "fail",
        option: ["quality", 1, "expression"],
      },
    ],
  },
};

export async function createOrders(url: string, rows: number): Promise<void> {
  await queryPostgres(
    url,
    `drop table if exists ${table};
     create table ${table} (id int primary key, version int, amount text, email text, status text, name text, lines jsonb, more jsonb);
     ${insertOrders(1, rows)}`,
  );
}

/** Changes some orders and their lines, and adds others. */
export async function changeOrders(url: string, from: number, to: number): Promise<void> {
  await queryPostgres(
    url,
    `update ${table} set version = id + 10000, email = 'new' || id, lines = jsonb_build_array(jsonb_build_object('sku', 'new', 'qty', -id))
     where id % 10 = 0 and name is not null and amount <> 'broken';
     ${insertOrders(from, to)}`,
  );
}

/** Adds orders only. */
export async function addOrders(url: string, from: number, to: number): Promise<void> {
  await queryPostgres(url, insertOrders(from, to));
}

function insertOrders(from: number, to: number): string {
  return `insert into ${table} select i, i,
    case when i % 11 = 0 then 'broken' else (i * 1.25)::text end, i || '@x.y', case when i % 7 = 0 then 'TEST' else 'open' end,
    case when i % 17 = 0 then null else 'n' || i end,
    (select jsonb_agg(jsonb_build_object('sku', 's' || i || '-' || j, 'qty', j)) from generate_series(1, i % 4) j),
    jsonb_build_object('k', i)
  from generate_series(${from}, ${to}) i;`;
}

const refused = "(lower(status) <> 'test' and (amount = 'broken' or (name is null and id % 13 <> 0)))";
const loaded = `(amount <> 'broken' and name is not null and lower(status) <> 'test' and id % 13 <> 0)`;

/** Every order stands once, in the table with its lines or in the quarantine, as it is to be. */
export async function expectWhole(url: string, target: Target): Promise<void> {
  const orders = await queryPostgres(
    url,
    `select id, encode(sha256(email::bytea), 'hex'), (amount::numeric(12,2) * 2)::numeric(14,2), id,
       case when id % 2 = 0 then 'even' else 'odd' end from ${table} where ${loaded} order by id`,
  );
  const columns = "id, email, cast(twice as decimal(14,2)), more_k, grade";
  expect(await target.query(`select ${columns} from ${target.relation(table)} order by id`)).toEqual(orders);
  const lines = await queryPostgres(
    url,
    `select id, n - 1, v->>'sku', v->>'qty' from ${table}, jsonb_array_elements(lines) with ordinality l(v, n)
     where ${loaded} order by 1, 2`,
  );
  const child = target.relation(`${table}_lines`);
  expect(await target.query(`select _sluice_parent_id, _sluice_index, sku, qty from ${child} order by 1, 2`)).toEqual(
    lines,
  );
  const rejected = await target.query(`select "row" from ${target.relation("_sluice_quarantine")}`);
  const ids = new Set(rejected.map(([row]) => String(JSON.parse(row!).id)));
  const expected = await queryPostgres(url, `select id from ${table} where ${refused}`);
  expect(ids).toEqual(new Set(expected.map(([id]) => id)));
}

/** How many rows were rejected by the reading that the table is of: one that begins anew judges all rows anew. */
export async function quarantined(target: Target): Promise<number> {
  const since = `(select min(_sluice_load_id) from ${target.relation(table)})`;
  const [[count] = []] = await target.query(
    `select count(*) from ${target.relation("_sluice_quarantine")} where load_id >= ${since}`,
  );
  return Number(count);
}

/** How many orders are to be there. */
export async function refusedOrders(url: string): Promise<number> {
  const [[count] = []] = await queryPostgres(url, `select count(*) from ${table} where ${refused}`);
  return Number(count);
}
