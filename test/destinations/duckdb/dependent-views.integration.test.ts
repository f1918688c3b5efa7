import { afterAll, beforeAll, expect, it } from "vitest";
import duckdb from "../../../destinations/duckdb/index.js";
import type { OpenDestination, SchemaChange, Target } from "../../../sdk/destination.js";
import { columnsOf } from "../../../sdk/testing/destination-bed.js";
import { testContext } from "../../../sdk/testing/test-context.js";

const columns = columnsOf({ id: "int64!", note: "string", amount: "int32" });
const context = testContext();
let destination: OpenDestination;

beforeAll(async () => {
  destination = await duckdb.open(duckdb.config.parse({ path: ":memory:" }), context);
  for (const statement of [
    "CREATE SCHEMA shop",
    "CREATE TABLE shop.orders (id BIGINT NOT NULL, note VARCHAR, amount INTEGER, _sluice_load_id BIGINT)",
    "INSERT INTO shop.orders VALUES (1, 'a', 2, 3)",
    "CREATE VIEW every AS SELECT * FROM shop.orders",
    "CREATE VIEW shop.notes AS SELECT o.note AS n FROM shop.orders AS o JOIN (SELECT 1 AS id) USING (id)",
    'CREATE VIEW "upon ""it""" AS SELECT n FROM shop.notes',
    "CREATE VIEW amounts AS SELECT sum(amount) AS total, max(_sluice_load_id) AS load FROM shop.orders",
    "CREATE TABLE other (note VARCHAR)",
    "CREATE VIEW others AS SELECT note FROM other",
  ])
    await destination.query(statement);
});
afterAll(async () => {
  await destination.close();
  context.remove();
});

const plain = { connection: "c", stream: "s", schema: "shop", table: "orders", primaryKey: [], fullRefresh: false };
const target: Target = { ...plain, writeMode: "append", metadataColumns: true };
const rename: SchemaChange = { type: "rename_column", column: "note", to: "remark" };

it("names the views that a rename breaks, those upon views too, and changes nothing", async () => {
  const renamed = columns.map((column) => (column.name === "note" ? { ...column, name: "remark" } : column));
  const found = await destination.dependents!(target, { columns: renamed, changes: [rename] });
  expect(found).toEqual(['"main"."upon ""it"""', '"shop"."notes"']);
  expect((await destination.query('SELECT n FROM "upon ""it"""')).rows).toEqual([["a"]]);
});

it("names those on a column that an overwrite no longer brings", async () => {
  const overwrite: Target = { ...target, writeMode: "overwrite" };
  const change = { columns: columns.slice(0, 2), changes: [] };
  expect(await destination.dependents!(overwrite, change)).toEqual(['"main"."amounts"']);
  expect(await destination.dependents!({ ...overwrite, metadataColumns: false }, { columns, changes: [] })).toEqual([
    '"main"."amounts"',
  ]);
});

it("names none for what they survive: new columns, wider ones, a table that is not there", async () => {
  const wider = [...columns.slice(0, 2), ...columnsOf({ amount: "int64", more: "string" })];
  const changes: SchemaChange[] = [
    { type: "widen_column", column: "amount", from: columns[2]!.type, to: wider[2]!.type },
    { type: "add_column", column: wider[3]! },
  ];
  expect(await destination.dependents!(target, { columns: wider, changes })).toEqual([]);
  expect(await destination.dependents!({ ...target, table: "none" }, { columns, changes: [] })).toEqual([]);
});
