import { afterAll, beforeAll, expect, it } from "vitest";
import type { OpenDestination, SchemaChange } from "../../../sdk/destination.js";
import { queryPostgres } from "../../support/query.js";
import { column } from "./columns.js";
import { openDestination, run, targetOf, testDatabase } from "./destination-fixture.js";

const columns = [column("id", "int64!"), column("note", "string"), column("amount", "int32")];
const rows = [{ id: 1, note: "a", amount: 2 }];
const target = targetOf("orders", "append");
let url: string;
let destination: OpenDestination;

beforeAll(async () => {
  url = await testDatabase("target_views");
  destination = await openDestination(url);
  await run(destination, target, columns, rows);
  await queryPostgres(
    url,
    `create view warehouse.every as select * from warehouse.orders;
     create materialized view amounts as select sum(amount) as total from warehouse.orders;
     create view warehouse."upon ""it""" as select total from amounts;
     create view notes as select note from warehouse.orders`,
  );
});
afterAll(() => destination.close());

const onAmount = ["public.amounts", "warehouse.every", 'warehouse."upon ""it"""'];

it("names the views on a column that gets another type, those upon views too, and they do stop the load", async () => {
  const wider = [columns[0]!, columns[1]!, column("amount", "int64")];
  const changes: SchemaChange[] = [
    { type: "widen_column", column: "amount", from: columns[2]!.type, to: wider[2]!.type },
  ];
  expect(await destination.dependents!(target, { columns: wider, changes })).toEqual(onAmount);
  const overwrite = targetOf("orders", "overwrite");
  expect(await destination.dependents!(overwrite, { columns: wider, changes: [] })).toEqual(onAmount);
  await expect(run(destination, overwrite, wider, rows)).rejects.toMatchObject({ code: "target.view_blocks" });
});

it("names those on a column that an overwrite no longer brings, which see nulls in it", async () => {
  const overwrite = targetOf("orders", "overwrite");
  const fewer = columns.slice(0, 2);
  expect(await destination.dependents!(overwrite, { columns: fewer, changes: [] })).toEqual(onAmount);
  await run(destination, overwrite, fewer, [{ id: 2, note: "b" }]);
  expect(await queryPostgres(url, "select id, amount from warehouse.every")).toEqual([["2", null]]);
});

it("names none for what they survive: a rename, a new column, an overwrite of the same shape", async () => {
  const renamed = [columns[0]!, column("remark", "string"), columns[2]!, column("more", "string")];
  const changes: SchemaChange[] = [
    { type: "rename_column", column: "note", to: "remark" },
    { type: "add_column", column: renamed[3]! },
  ];
  expect(await destination.dependents!(target, { columns: renamed, changes })).toEqual([]);
  expect(await destination.dependents!(targetOf("orders", "overwrite"), { columns, changes: [] })).toEqual([]);
  expect(await destination.dependents!(targetOf("none", "append"), { columns, changes: [] })).toEqual([]);
});
