import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pack, type Row } from "../../../sdk/batch/pack.js";
import type { OpenDestination, SchemaChange, Target } from "../../../sdk/destination.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";
import { queryPostgres } from "../../support/query.js";
import { column } from "./columns.js";
import { commitOf, nextLoadId, openDestination, run, targetOf, testDatabase } from "./destination-fixture.js";

let url: string;
let destination: OpenDestination;

beforeAll(async () => {
  url = await testDatabase("target_schema");
  destination = await openDestination(url);
});
afterAll(() => destination.close());

const declared = (table: string) =>
  queryPostgres(
    url,
    `select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute
     where attrelid = '"warehouse"."${table}"'::regclass and attnum > 0 order by attnum`,
  );

interface Altered {
  readonly target: Target;
  readonly columns: readonly Column[];
  readonly changes: readonly SchemaChange[];
  readonly rows: readonly Row[];
}

/** A run whose first load alters the table: `columns` are those it had, the rows have the columns after the changes. */
async function runAltered({ target, columns, changes, rows }: Altered, after: readonly Column[]) {
  const writer = await destination.begin(target);
  try {
    await writer.start(columns);
    const loadId = nextLoadId();
    await writer.startLoad(loadId);
    await writer.alter(changes);
    await writer.write(pack(after, rows));
    const staged = await writer.flush();
    await writer.commit(commitOf(loadId, null, false, staged.written));
    return staged;
  } finally {
    await writer.close();
  }
}

describe("a table that Sluice creates", () => {
  it("has the columns in their order, their types, NOT NULL and the load id", async () => {
    const columns = [
      column("id", "int64!"),
      column("price", "decimal(12,2)!"),
      column("tags", "list<string>"),
      column("doc", "json", "jsonb"),
      column("code", "string", "character varying(8)"),
    ];
    await run(destination, targetOf("created", "append"), columns, []);
    expect(await declared("created")).toEqual([
      ["id", "bigint", "t"],
      ["price", "numeric(12,2)", "t"],
      ["tags", "text[]", "f"],
      ["doc", "jsonb", "f"],
      ["code", "character varying(8)", "f"],
      ["_sluice_load_id", "bigint", "t"],
    ]);
    const writer = await destination.begin(targetOf("created", "append"));
    expect(writer.columns?.map(({ name }) => name)).toEqual(["id", "price", "tags", "doc", "code"]);
    await writer.close();
  });

  it("has no column of Sluice's where none are wanted", async () => {
    const target = targetOf("plain", "append", { metadataColumns: false });
    await run(destination, target, [column("id", "int32")], [{ id: 1 }]);
    expect(await queryPostgres(url, "select * from warehouse.plain")).toEqual([["1"]]);
  });

  it.each(["append", "overwrite", "merge", "scd2"] as const)("may have any name and any columns, %s", async (mode) => {
    const long = "é".repeat(31);
    const names = ['"; drop table x; --', "select", "Ünï 😀", `${long}a`, `${long}b`, "a.b", "it's", "\\", "%I", "{}"];
    const columns = names.map((name) => column(name, "string"));
    const row = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
    for (const table of [`${long}1`, `${long}2`, "tab\"le; '\\ 😀", "Case", "case"]) {
      const target = targetOf(table, mode, {
        schema: 'sche"ma 😀',
        primaryKey: [names[0]!, names[2]!],
        cursorField: "select",
      });
      await run(destination, target, columns, [row]);
      await run(destination, target, columns, [row]);
      const quoted = `"sche""ma 😀"."${table.replaceAll('"', '""')}"`;
      const stored = await queryPostgres(
        url,
        `select "select", "Ünï 😀", "${long}a", "${long}b", "\\", "%I" from ${quoted}`,
      );
      expect(stored).toHaveLength(mode === "append" ? 2 : 1);
      expect(stored[0]).toEqual(
        ["select", "Ünï 😀", `${long}a`, `${long}b`, "\\", "%I"].map((name) => `value of ${name}`),
      );
    }
    await queryPostgres(url, 'drop schema "sche""ma 😀" cascade');
  });
});

describe("changes of a table", () => {
  it.each(["append", "merge", "scd2"] as const)(
    "add columns, widen types and allow nulls with the load, %s",
    async (mode) => {
      const target = targetOf(`altered_${mode}`, mode);
      const before = [column("id", "int32!"), column("n", "int16!"), column("total", "decimal(5,2)")];
      await run(destination, target, before, [{ id: 1, n: 7, total: "1.50" }]);
      const changes: SchemaChange[] = [
        { type: "add_column", column: column("extra", "string") },
        { type: "widen_column", column: "n", from: parseType("int16"), to: parseType("int64") },
        { type: "widen_column", column: "total", from: parseType("decimal(5,2)"), to: parseType("decimal(20,4)") },
        { type: "allow_null", column: "n" },
      ];
      const after = [
        column("id", "int32!"),
        column("n", "int64"),
        column("total", "decimal(20,4)"),
        column("extra", "string"),
      ];
      const rows = [{ id: 2, n: 5_000_000_000, total: "12345678.1234", extra: "x" }, { id: 3 }];
      await runAltered({ target, columns: before, changes, rows }, after);
      expect(await queryPostgres(url, `select id, n, total, extra from warehouse.altered_${mode} order by id`)).toEqual(
        [
          ["1", "7", "1.5000", null],
          ["2", "5000000000", "12345678.1234", "x"],
          ["3", null, null, null],
        ],
      );
    },
  );

  it("are taken back with the load that is aborted", async () => {
    const target = targetOf("unaltered", "append");
    await run(destination, target, [column("id", "int32")], [{ id: 1 }]);
    const writer = await destination.begin(target);
    await writer.start([column("id", "int32")]);
    await writer.startLoad(nextLoadId());
    await writer.alter([{ type: "add_column", column: column("more", "string") }]);
    await writer.flush();
    await writer.abort();
    await writer.close();
    expect((await declared("unaltered")).map(([name]) => name)).toEqual(["id", "_sluice_load_id"]);
  });

  it("are refused where a view holds the type, naming the view", async () => {
    const target = targetOf("viewed", "append");
    const before = [column("n", "int32")];
    await run(destination, target, before, [{ n: 1 }]);
    await queryPostgres(url, "create view warehouse.on_viewed as select n from warehouse.viewed");
    const changes: SchemaChange[] = [
      { type: "widen_column", column: "n", from: parseType("int32"), to: parseType("int64") },
    ];
    await expect(
      runAltered({ target, columns: before, changes, rows: [{ n: 2 }] }, [column("n", "int64")]),
    ).rejects.toMatchObject({
      kind: "config",
      code: "target.view_blocks",
      message: expect.stringContaining("on_viewed"),
    });
  });

  it("lengthen a varchar that has become longer at the source", async () => {
    const target = targetOf("lengthened", "append");
    await run(destination, target, [column("v", "string", "character varying(3)")], [{ v: "abc" }]);
    await run(destination, target, [column("v", "string", "character varying(9)")], [{ v: "abcdefghi" }]);
    await run(destination, target, [column("v", "string", "character varying(3)")], [{ v: "abc" }]);
    expect((await declared("lengthened"))[0]).toEqual(["v", "character varying(9)", "f"]);
  });
});

describe("a table that others made", () => {
  it("is adopted where its columns hold what comes, and gets the load id", async () => {
    await queryPostgres(
      url,
      "create table warehouse.theirs (n bigint, t text, own int default 5); insert into warehouse.theirs values (1, 'a')",
    );
    await run(
      destination,
      targetOf("theirs", "append"),
      [column("t", "string"), column("n", "int16")],
      [{ t: "b", n: 2 }],
    );
    expect(
      await queryPostgres(url, "select n, t, own, _sluice_load_id is null from warehouse.theirs order by n"),
    ).toEqual([
      ["1", "a", "5", "t"],
      ["2", "b", "5", "f"],
    ]);
  });

  it.each([
    ["integer", "int64"],
    ["date", "timestamp"],
    ["numeric(5,2)", "decimal(7,2)"],
    ["numeric(7,2)", "decimal(7,3)"],
    ["uuid", "string"],
    ["real", "float64"],
  ])("is refused where %s would have to hold %s, naming both", async (theirs, ours) => {
    await queryPostgres(url, `drop table if exists warehouse.misfit; create table warehouse.misfit (x ${theirs})`);
    await expect(run(destination, targetOf("misfit", "append"), [column("x", ours)], [])).rejects.toMatchObject({
      kind: "config",
      code: "target.type_mismatch",
      column: "x",
      message: expect.stringMatching(
        new RegExp(`${theirs.replaceAll(/[()]/g, "\\$&")}.*${ours.replaceAll(/[()]/g, "\\$&")}`),
      ),
    });
  });

  it("is refused where it lacks a column or is a view", async () => {
    await queryPostgres(url, "create table warehouse.short (a int); create view warehouse.seen as select 1 as a");
    const columns = [column("a", "int32"), column("b", "int32")];
    await expect(run(destination, targetOf("short", "append"), columns, [])).rejects.toMatchObject({
      code: "target.column_missing",
      column: "b",
    });
    await expect(run(destination, targetOf("seen", "append"), columns, [])).rejects.toMatchObject({
      code: "target.not_a_table",
    });
  });
});

describe("the destination", () => {
  it("creates a schema that is missing, and says which grant is missing", async () => {
    await run(destination, targetOf("t", "append", { schema: "fresh" }), [column("id", "int32")], [{ id: 1 }]);
    await queryPostgres(url, "drop role if exists weak_target; create role weak_target login");
    const weak = new URL(url);
    weak.username = "weak_target";
    const poor = await openDestination(weak.href, { schema: "nowhere" });
    await expect(poor.check()).rejects.toMatchObject({
      kind: "config",
      code: "destination.no_grant",
      hint: 'GRANT CREATE ON DATABASE "target_schema" TO "weak_target"',
    });
    await expect(
      run(poor, targetOf("t", "append", { schema: "fresh" }), [column("id", "int32")], []),
    ).rejects.toMatchObject({
      kind: "config",
      code: "destination.no_grant",
      hint: expect.stringContaining("GRANT"),
    });
    await expect(openDestination(url).then((rich) => rich.check())).resolves.toBeUndefined();
    await queryPostgres(url, "drop role weak_target");
  });

  it("is begun on by many streams at once, in a schema that is not there yet", async () => {
    const streams = Array.from({ length: 8 }, (_, i) => `stream_${i}`);
    const loading = streams.map((name) =>
      run(destination, targetOf(name, "append", { schema: "crowded" }), [column("id", "int32")], [{ id: 1 }]),
    );
    expect((await Promise.all(loading)).map(({ written }) => written)).toEqual(streams.map(() => 1));
    expect((await destination.states("crowded")).map(({ epoch, seq }) => [epoch, seq])).toEqual(
      streams.map(() => [1, 1]),
    );
  });

  it("shows states and loads, and replaces a state so that the running writer is fenced", async () => {
    expect(await destination.states("unknown")).toEqual([]);
    expect(await destination.loads("unknown", 10)).toEqual([]);
    const target = targetOf("stated", "append", { schema: "states" });
    const { loadId } = await run(destination, target, [column("id", "int32")], [{ id: 1 }], { cursor: "x", n: 1.5 });
    expect(await destination.states("states")).toMatchObject([
      { connection: "test", stream: "public.stated", epoch: 1, seq: 1, loadId, state: { cursor: "x", n: 1.5 } },
    ]);
    expect(await destination.loads("states", 10)).toMatchObject([
      {
        loadId,
        runId: "run",
        tableName: "stated",
        written: 1,
        read: 1,
        stateBefore: undefined,
        stateAfter: { cursor: "x", n: 1.5 },
      },
    ]);
    const writer = await destination.begin(target);
    const key = { schema: "states", connection: "test", stream: "public.stated" };
    await destination.putState(key, { cursor: "y" });
    await writer.start([column("id", "int32")]);
    await expect(writer.startLoad(nextLoadId())).rejects.toMatchObject({ code: "destination.fenced" });
    await writer.close();
    await destination.putState(key, undefined);
    expect(await destination.states("states")).toMatchObject([{ state: undefined, epoch: 4 }]);
  });

  it("answers queries with values that lose no digit", async () => {
    const sql = `select true as b, 1 as i, 9007199254740993::int8 as big, 1::int8 as small, 1.10::numeric as d, 'NaN'::float8 as nan,
      0.1::float4 as f, '{"a":1}'::jsonb as j, '{"a":9007199254740993}'::json as jj, null as n, date '2024-01-01' as day`;
    expect(await destination.query(sql)).toEqual({
      columns: ["b", "i", "big", "small", "d", "nan", "f", "j", "jj", "n", "day"],
      rows: [
        [true, 1, "9007199254740993", 1, "1.10", "NaN", 0.1, { a: 1 }, '{"a":9007199254740993}', null, "2024-01-01"],
      ],
    });
    await expect(destination.query("select nonsense")).rejects.toMatchObject({ kind: "config" });
  });
});
