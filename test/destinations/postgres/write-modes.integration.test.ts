import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenDestination } from "../../../sdk/destination.js";
import { queryPostgres } from "../../support/query.js";
import { column } from "./columns.js";
import { load, openDestination, run, targetOf, testDatabase } from "./destination-fixture.js";

const columns = [column("id", "int64!"), column("name", "string"), column("version", "int32")];
let url: string;
let destination: OpenDestination;

beforeAll(async () => {
  url = await testDatabase("target_modes");
  destination = await openDestination(url);
});
afterAll(() => destination.close());

const rowsOf = (table: string, list = "id, name, version") =>
  queryPostgres(url, `select ${list} from warehouse.${table} order by 1, 2, 3`);

describe("append", () => {
  it("adds rows load after load, each with its load id", async () => {
    const target = targetOf("appended", "append");
    const first = await run(destination, target, columns, [{ id: 1, name: "a", version: 1 }], { at: 1 });
    const second = await run(destination, target, columns, [{ id: 1, name: "a", version: 1 }], { at: 2 });
    expect(first).toMatchObject({ written: 1, deduplicated: 0 });
    expect(await rowsOf("appended", "id, name, _sluice_load_id")).toEqual([
      ["1", "a", String(first.loadId)],
      ["1", "a", String(second.loadId)],
    ]);
    const [state] = (await destination.states("warehouse")).filter((row) => row.stream === target.stream);
    expect(state).toMatchObject({ epoch: 2, seq: 2, loadId: second.loadId, state: { at: 2 } });
    const defaults = "select count(*) from pg_attrdef where adrelid = 'warehouse.appended'::regclass";
    expect(await queryPostgres(url, defaults)).toEqual([["0"]]);
  });

  it("leaves nothing of a load that was aborted, and goes on after it", async () => {
    const writer = await destination.begin(targetOf("aborted", "append"));
    await writer.start(columns);
    await writer.startLoad(1);
    const { pack } = await import("../../../sdk/batch/pack.js");
    await writer.write(pack(columns, [{ id: 1 }]));
    await writer.abort();
    expect(await queryPostgres(url, "select to_regclass('warehouse.aborted')")).toEqual([[null]]);
    await load(writer, columns, [{ id: 2, name: "b", version: 1 }]);
    await writer.close();
    expect(await rowsOf("aborted")).toEqual([["2", "b", "1"]]);
  });
});

describe("overwrite", () => {
  const target = targetOf("overwritten", "overwrite");

  it("replaces all rows at once", async () => {
    await run(destination, target, columns, [{ id: 1, name: "old", version: 1 }]);
    await run(destination, target, columns, [{ id: 2, name: "new", version: 1 }]);
    expect(await rowsOf("overwritten")).toEqual([["2", "new", "1"]]);
  });

  it("shows nothing of several loads before the last one", async () => {
    const writer = await destination.begin(target);
    await writer.start(columns);
    await load(writer, columns, [{ id: 3, name: "c", version: 1 }], { state: "half" });
    expect(await rowsOf("overwritten")).toEqual([["2", "new", "1"]]);
    await load(writer, columns, [{ id: 4, name: "d", version: 1 }], { state: "whole", publish: true });
    await writer.close();
    expect(await rowsOf("overwritten")).toEqual([
      ["3", "c", "1"],
      ["4", "d", "1"],
    ]);
  });

  it("throws away what a killed run had committed and not published, its ledger rows too", async () => {
    const killed = await destination.begin(target);
    await killed.start(columns);
    const { loadId } = await load(killed, columns, [{ id: 5, name: "e", version: 1 }], { state: "half" });
    const next = await destination.begin(target);
    expect(next.state).toBe("whole");
    await next.close();
    const tables = await queryPostgres(url, "select relname from pg_class where relname like '\\_sluice\\_new%'");
    expect(tables).toEqual([]);
    const loads = await destination.loads("warehouse", 1000);
    expect(loads.map((row) => row.loadId)).not.toContain(loadId);
    await killed.close();
  });

  it("keeps owner, grants, comments, indexes and keys", async () => {
    await queryPostgres(
      url,
      `create role reader_target; create role owner_target;
       alter table warehouse.overwritten add primary key (id);
       create index "by ""name""" on warehouse.overwritten (lower(name)) where version > 0;
       grant select on warehouse.overwritten to reader_target;
       grant update (name) on warehouse.overwritten to reader_target;
       comment on table warehouse.overwritten is 'it''s here';
       comment on column warehouse.overwritten.name is 'the name'`,
    );
    const facts = () =>
      queryPostgres(
        url,
        `select pg_get_indexdef(indexrelid) from pg_index where indrelid = 'warehouse.overwritten'::regclass
         union all select conname from pg_constraint where conrelid = 'warehouse.overwritten'::regclass and contype = 'p'
         union all select relacl::text from pg_class where oid = 'warehouse.overwritten'::regclass
         union all select attacl::text from pg_attribute where attrelid = 'warehouse.overwritten'::regclass and attacl is not null
         union all select description from pg_description where objoid = 'warehouse.overwritten'::regclass order by 1`,
      );
    const before = await facts();
    await run(destination, target, columns, [{ id: 9, name: "kept", version: 1 }]);
    expect(await facts()).toEqual(before);
    expect(before).toHaveLength(7);
    await queryPostgres(url, "drop owned by reader_target; drop role reader_target; drop role owner_target");
  });

  it("takes views along, which keep their grants, options and the views upon them", async () => {
    await queryPostgres(
      url,
      `create view warehouse."on ""it""" with (security_barrier=true) as select id, name from warehouse.overwritten where id > 0;
       create view warehouse.upon as select name from warehouse."on ""it""";
       comment on view warehouse."on ""it""" is 'a view'`,
    );
    const view = `select c.oid, reloptions, obj_description(c.oid, 'pg_class') from pg_class c where relname = 'on "it"'`;
    const table = "select 'warehouse.overwritten'::regclass::oid";
    const before = [await queryPostgres(url, view), await queryPostgres(url, table)];
    const wider = [...columns, column("more", "string")];
    await run(destination, target, wider, [{ id: 10, name: "seen", version: 1, more: "x" }]);
    expect(await queryPostgres(url, "select name from warehouse.upon")).toEqual([["seen"]]);
    expect(await rowsOf("overwritten", "id, more, version")).toEqual([["10", "x", "1"]]);
    expect(await queryPostgres(url, view)).toEqual(before[0]);
    expect(await queryPostgres(url, table)).not.toEqual(before[1]);
    expect(await queryPostgres(url, "select relname from pg_class where relname like '\\_sluice\\_old%'")).toEqual([]);
  });

  it("replaces the rows in place where a view needs a column that no longer comes", async () => {
    await run(destination, target, [columns[0]!, columns[2]!], [{ id: 10, version: 3 }]);
    expect(await queryPostgres(url, "select name from warehouse.upon")).toEqual([[null]]);
    expect(await rowsOf("overwritten", "id, name, version")).toEqual([["10", null, "3"]]);
  });

  it("replaces the rows in place where a materialised view stands on the table", async () => {
    await queryPostgres(url, "create materialized view warehouse.kept as select id from warehouse.overwritten");
    await run(destination, target, columns, [{ id: 10, name: "again", version: 1 }]);
    await queryPostgres(url, "refresh materialized view warehouse.kept");
    expect(await queryPostgres(url, "select id from warehouse.kept")).toEqual([["10"]]);
    expect(await rowsOf("overwritten")).toEqual([["10", "again", "1"]]);
  });

  it("updates rows that foreign keys refer to", async () => {
    await queryPostgres(
      url,
      "create table warehouse.child (parent bigint references warehouse.overwritten (id) on delete cascade); insert into warehouse.child values (10)",
    );
    await run(destination, target, columns, [
      { id: 10, name: "still", version: 2 },
      { id: 11, name: "new", version: 1 },
    ]);
    expect(await rowsOf("overwritten")).toEqual([
      ["10", "still", "2"],
      ["11", "new", "1"],
    ]);
    expect(await queryPostgres(url, "select parent from warehouse.child")).toEqual([["10"]]);
  });
});

describe("merge", () => {
  it("keeps the newest version of a key by the cursor, then the one written last", async () => {
    const target = targetOf("merged", "merge", { cursorField: "version" });
    const first = await run(destination, target, columns, [
      { id: 1, name: "new", version: 2 },
      { id: 1, name: "old", version: 1 },
      { id: 2, name: "first", version: 1 },
      { id: 2, name: "last", version: 1 },
    ]);
    expect(first).toMatchObject({ written: 2, deduplicated: 2 });
    expect(await rowsOf("merged")).toEqual([
      ["1", "new", "2"],
      ["2", "last", "1"],
    ]);
    const second = await run(destination, target, columns, [
      { id: 2, name: "changed", version: 3 },
      { id: 2, name: "late", version: 2 },
      { id: 3, name: "added", version: 1 },
    ]);
    expect(second).toMatchObject({ written: 2, deduplicated: 1 });
    expect(await rowsOf("merged")).toEqual([
      ["1", "new", "2"],
      ["2", "changed", "3"],
      ["3", "added", "1"],
    ]);
    expect(
      await queryPostgres(
        url,
        "select contype from pg_constraint where conrelid = 'warehouse.merged'::regclass and contype = 'p'",
      ),
    ).toEqual([["p"]]);
  });

  it("merges by composite keys of types that are cast", async () => {
    const typed = [column("id", "string!", "numeric"), column("at", "string!", "inet"), column("n", "int32")];
    const target = targetOf("composite", "merge", { primaryKey: ["at", "id"] });
    const first = await run(destination, target, typed, [
      { id: "1.00", at: "10.0.0.1", n: 0 },
      { id: "1.0", at: "10.0.0.1/32", n: 1 },
    ]);
    expect(first).toMatchObject({ written: 1, deduplicated: 1 });
    expect(await queryPostgres(url, "select at, n from warehouse.composite")).toEqual([["10.0.0.1", "1"]]);
    const again = await run(destination, target, typed, [
      { id: "1.00", at: "10.0.0.1/32", n: 2 },
      { id: "1", at: "10.0.0.1", n: 3 },
    ]);
    expect(again).toMatchObject({ written: 1, deduplicated: 1 });
    expect(await queryPostgres(url, "select at, n from warehouse.composite")).toEqual([["10.0.0.1", "3"]]);
  });

  it("names the row that has no key and writes nothing", async () => {
    const target = targetOf("keyless", "merge");
    const nullable = [column("id", "int64"), column("name", "string")];
    const rows = [{ id: 1, name: "a" }, { name: "b" }];
    await expect(run(destination, target, nullable, rows)).rejects.toMatchObject({
      kind: "data",
      code: "key.null",
      column: "id",
      row: "row 2 of the load",
      stream: "public.keyless",
    });
    await run(destination, target, nullable, [{ id: 1, name: "a" }]);
    await expect(run(destination, target, nullable, rows)).rejects.toMatchObject({ code: "key.null" });
    expect(await queryPostgres(url, "select id, name from warehouse.keyless")).toEqual([["1", "a"]]);
  });

  it("merges into a table that others made, once its key is unique", async () => {
    await queryPostgres(
      url,
      "create table warehouse.adopted (name text, id int8, version int4); insert into warehouse.adopted values ('x', 1, 1)",
    );
    await run(destination, targetOf("adopted", "merge"), columns, [{ id: 1, name: "y", version: 2 }]);
    expect(await rowsOf("adopted")).toEqual([["1", "y", "2"]]);
  });
});

describe("scd2", () => {
  const target = (fullRefresh: boolean) => targetOf("history", "scd2", { fullRefresh, cursorField: "version" });
  const history = () =>
    queryPostgres(
      url,
      `select id, name, _sluice_valid_to is null,
              coalesce(_sluice_valid_from = lag(_sluice_valid_to) over (partition by id order by _sluice_valid_from), true)
       from warehouse.history order by id, _sluice_valid_from`,
    );

  it("adds versions where rows have changed and closes the ones before them", async () => {
    const first = await run(destination, target(false), columns, [
      { id: 1, name: "a", version: 1 },
      { id: 2, name: "b", version: 1 },
    ]);
    expect(first).toMatchObject({ written: 2, deduplicated: 0 });
    const second = await run(destination, target(false), columns, [
      { id: 1, name: "a", version: 1 },
      { id: 2, name: "older", version: 1 },
      { id: 2, name: "c", version: 2 },
      { id: 3, name: null, version: 1 },
    ]);
    expect(second).toMatchObject({ written: 2, deduplicated: 2 });
    expect(await history()).toEqual([
      ["1", "a", "t", "t"],
      ["2", "b", "f", "t"],
      ["2", "c", "t", "t"],
      ["3", null, "t", "t"],
    ]);
  });

  it("closes keys that a full refresh does not bring, and opens them again when they return", async () => {
    const third = await run(destination, target(true), columns, [{ id: 3, name: null, version: 1 }]);
    expect(third).toMatchObject({ written: 0, deduplicated: 1 });
    const current = "select id from warehouse.history where _sluice_valid_to is null";
    expect(await queryPostgres(url, current)).toEqual([["3"]]);
    await run(destination, target(false), columns, [{ id: 1, name: "a", version: 1 }]);
    expect((await queryPostgres(url, `${current} order by 1`)).flat()).toEqual(["1", "3"]);
  });

  it("sees every change of a value, also where the type calls the two equal", async () => {
    const typed = [
      column("id", "int64!"),
      column("span", "string", "interval"),
      column("amount", "string", "numeric"),
      column("ratio", "float64"),
      column("doc", "json"),
      column("list", "list<int32>"),
    ];
    const mode = targetOf("values_history", "scd2");
    const row = { id: 1, span: "1 mon", amount: "1.0", ratio: 0, doc: { a: 1 }, list: [1] };
    const changes = [
      {},
      { span: "30 days" },
      { amount: "1.00" },
      { ratio: -0 },
      { doc: { a: 2 } },
      { list: [] },
      { doc: null },
    ];
    for (const change of changes) {
      expect(await run(destination, mode, typed, [{ ...row, ...change }])).toMatchObject({ written: 1 });
      expect(await run(destination, mode, typed, [{ ...row, ...change }])).toMatchObject({
        written: 0,
        deduplicated: 1,
      });
    }
  });
});
