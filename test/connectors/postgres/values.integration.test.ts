import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatType } from "../../../sdk/schema/column-type.js";
import { openShop, type Shop } from "./shop.js";

let shop: Shop;

beforeAll(async () => {
  shop = await openShop(
    "source_values",
    `create type mood as enum ('sad', 'it''s, "ok"');
     create domain price as numeric(10,2) check (value >= 0);
     create domain fair_price as price;
     create type pair as (a int, b text);
     create table placeholder ()`,
  );
});
afterAll(() => shop.close());

/** Types, what they are in Sluice, and literals; each value must come as the server's own text. */
const exact: readonly (readonly [type: string, logical: string, literals: readonly string[]])[] = [
  ["boolean", "boolean", ["true", "false"]],
  ["smallint", "int16", ["0", "-32768", "32767"]],
  ["integer", "int32", ["0", "-2147483648", "2147483647"]],
  ["bigint", "int64", ["0", "-9223372036854775808", "9223372036854775807", "9007199254740993"]],
  ["oid", "int64", ["0", "4294967295"]],
  ["numeric(15,2)", "decimal(15,2)", ["0", "-0.01", "9999999999999.99", "-9999999999999.99", "12.3", "10000", "0.1"]],
  ["numeric(18,0)", "decimal(18,0)", ["999999999999999999", "-999999999999999999", "9007199254740993", "10000"]],
  ["numeric(18,18)", "decimal(18,18)", ["0.999999999999999999", "-0.000000000000000001", "0.00001"]],
  ["numeric(16,4)", "decimal(16,4)", ["900719925474.0993", "-900719925474.0992", "0.0001", "10000.0001"]],
  [
    "numeric(38,10)",
    "decimal(38,10)",
    [`${"9".repeat(28)}.9999999999`, `-${"9".repeat(28)}.9999999999`, "1", "-1", "0", "-0.0000000001"],
  ],
  [
    "numeric(38,0)",
    "decimal(38,0)",
    ["9".repeat(38), `-${"9".repeat(38)}`, "18446744073709551616", "-9223372036854775809"],
  ],
  ["numeric(38,38)", "decimal(38,38)", [`0.${"9".repeat(38)}`, `-0.${"1".padStart(38, "0")}`]],
  ["numeric", "string", ["1.10", "NaN", "Infinity", "-Infinity", `${"9".repeat(1000)}.${"1".repeat(500)}`, "-0.000"]],
  ["numeric(50,5)", "string", ["123456789012345678901234567890123456789012345.12345"]],
  ["real", "float32", ["0", "-0", "1.5", "0.1", "3.4028235e+38", "1e-45", "NaN", "Infinity", "-Infinity"]],
  ["double precision", "float64", ["0", "-0", "0.1", "1e308", "5e-324", "NaN", "Infinity", "-Infinity"]],
  ["text", "string", ["", " ", "NULL", "\\N", "ä€😀", "x".repeat(49), "line\nbreak", "y".repeat(300_000)]],
  ["varchar(44)", "string", ["", "abc "]],
  ["char(5)", "string", ["a", "", "ä"]],
  ["name", "string", ["a_name"]],
  ['"char"', "string", ["a", ""]],
  ["bytea", "binary", ["\\x", "\\x00ff", `\\x${"ab".repeat(100)}`]],
  ["uuid", "uuid", ["00000000-0000-0000-0000-000000000000", "01234567-89ab-cdef-8123-456789abcdef"]],
  ["json", "json", ['{"a": 1,  "a":2}', "9007199254740993.10", '"\\u0041"', "null"]],
  ["jsonb", "json", ['{"a": [1, null]}', "9007199254740993.10", "null"]],
  [
    "date",
    "date",
    ["1970-01-01", "2000-01-01", "0044-03-15 BC", "4714-11-24 BC", "5874897-12-31", "infinity", "-infinity"],
  ],
  ["time", "time", ["00:00:00", "24:00:00", "23:59:59.999999"]],
  [
    "timestamp",
    "datetime",
    [
      "1970-01-01 00:00:00",
      "4714-11-24 00:00:00 BC",
      "294246-12-31 23:59:59.999999",
      "infinity",
      "-infinity",
      "1999-12-31 23:59:59.999999",
    ],
  ],
  [
    "timestamptz",
    "timestamp",
    [
      "1970-01-01 00:00:00+00",
      "0044-03-15 12:00:00.5+00 BC",
      "294247-01-10 04:00:54.775806+00",
      "infinity",
      "-infinity",
    ],
  ],
  ["timetz", "string", ["12:00:00+02", "24:00:00-15:59"]],
  ["interval", "string", ["1 year 2 mons -3 days 04:05:06.000001", "-178000000 years", "00:00:00"]],
  ["inet", "string", ["10.0.0.1", "10.0.0.0/8", "::1"]],
  ["cidr", "string", ["10.0.0.0/8", "::/0"]],
  ["macaddr", "string", ["08:00:2b:01:02:03"]],
  ["bit(3)", "string", ["101"]],
  ["bit varying(9)", "string", ["", "10101"]],
  ["money", "string", ["-$1,234.56"]],
  ["xml", "string", ["<a>ä</a>"]],
  ["tsvector", "string", ["'a':1 'fat':2"]],
  ["int4range", "string", ["[1,10)", "empty", "(,)"]],
  ["tstzrange", "string", ['["2024-01-01 00:00:00+00",)']],
  ["point", "string", ["(1.5,-2)"]],
  ["polygon", "string", ["((0,0),(1,1),(1,0))"]],
  ["mood", "string", ["sad", 'it\'s, "ok"']],
  ["fair_price", "decimal(10,2)", ["0.10", "99999999.99"]],
  ["pair", "string", ['(1,"a ""b""")', "(,)"]],
  ["oidvector", "string", ["1 2 3"]],
  ["pg_lsn", "string", ["16/B374D848"]],
  ["regclass", "string", ["pg_class"]],
];

describe.each(exact)("%s", (type, logical, literals) => {
  test(`is ${logical}, and its values are the server's own`, async () => {
    await shop.client.query(`drop table if exists typed; create table typed (id int, v ${type})`);
    const values = literals.map((literal, id) => `(${id}, ${quote(literal)}::${type})`);
    await shop.client.query(`insert into typed values ${values.join(", ")}, (${literals.length}, null)`);
    const stream = await shop.stream("public.typed");
    expect(formatType(stream.columns[1]!.type)).toBe(logical);
    const { rows } = await shop.read("public.typed");
    const server = await shop.client.query("select id, v from typed order by id");
    const ours = rows.toSorted((a, b) => Number(a.id) - Number(b.id)).map(({ v }) => v);
    expect(ours).toEqual(server.rows.map(({ v }) => canonical(v, logical)));
  });
});

/** The few spellings in which canonical text differs from Postgres's. */
function canonical(text: string | null, logical: string): string | null {
  if (text === null) return null;
  if (logical === "boolean") return text === "t" || text === "true" ? "true" : "false";
  if (!logical.startsWith("float")) return text;
  const number = Number(text);
  if (Object.is(number, -0)) return "-0";
  return Number.isFinite(number) ? String(number) : text.replace("Infinity", "infinity");
}

function quote(literal: string): string {
  return `E'${literal.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

describe("arrays", () => {
  test.each([
    ["int[]", "list<int32>", "{1,NULL,-3}", "[1,null,-3]"],
    ["text[]", "list<string>", '{"a b",NULL,"NULL",""}', '["a b",null,"NULL",""]'],
    ["numeric(20,2)[]", "list<decimal(20,2)>", "{1.5,-2}", "[1.50,-2.00]"],
    ["inet[]", "list<string>", "{10.0.0.1}", '["10.0.0.1"]'],
    ["mood[]", "list<string>", "{sad}", '["sad"]'],
    ["jsonb[]", "list<json>", '{"{\\"a\\": 1}"}', '[{"a": 1}]'],
    ["uuid[]", "list<uuid>", "{}", "[]"],
  ])("%s is %s", async (type, logical, literal, expected) => {
    await shop.client.query(`drop table if exists lists; create table lists (id int, v ${type})`);
    await shop.client.query(`insert into lists values (1, ${quote(literal)}), (2, null), (3, '{}')`);
    const stream = await shop.stream("public.lists");
    expect(formatType(stream.columns[1]!.type)).toBe(logical);
    const { rows } = await shop.read("public.lists");
    const values = Object.fromEntries(rows.map(({ id, v }) => [id, v]));
    expect(values["1"]).toBe(expected);
    expect(values["2"]).toBeNull();
    expect(values["3"]).toBe("[]");
  });

  test("one of two dimensions, or that counts from elsewhere, is an error that names the row", async () => {
    await shop.client.query("drop table if exists grids; create table grids (id int primary key, v int[])");
    await shop.client.query("insert into grids values (1, '{1}'), (7, '{{1},{2}}')");
    await expect(shop.read("public.grids")).rejects.toMatchObject({
      kind: "data",
      stream: "public.grids",
      column: "v",
      row: "id=7",
      hint: expect.stringContaining("arrays: text"),
    });
    await shop.client.query("delete from grids where id = 7; insert into grids values (8, '[0:1]={1,2}')");
    await expect(shop.read("public.grids")).rejects.toMatchObject({ kind: "data", row: "id=8" });
  });

  test("are the server's text where the config says so", async () => {
    const other = await openShop("source_arrays", "create table t (v int[]); insert into t values ('{{1},{2}}')", {
      arrays: "text",
    });
    const { rows } = await other.read("public.t");
    expect(rows).toEqual([{ v: "{{1},{2}}" }]);
    await other.close();
  });
});

describe("values that do not fit are errors that name stream, column and row", () => {
  test.each([
    ["numeric(10,2)", "NaN"],
    ["timestamptz", "294276-12-31 23:59:59+00"],
    ["timestamp", "294247-01-10 04:00:54.775807"],
  ])("%s %s", async (type, literal) => {
    await shop.client.query(
      `drop table if exists edge; create table edge (id int, part text, v ${type}, primary key (id, part))`,
    );
    await shop.client.query(`insert into edge values (1, 'a', null), (2, 'b', '${literal}')`);
    await expect(shop.read("public.edge")).rejects.toMatchObject({
      kind: "data",
      code: "value.unfit",
      stream: "public.edge",
      column: "v",
      row: "id=2, part=b",
    });
  });
});

describe("encodings", () => {
  test("a LATIN1 database gives valid UTF-8", async () => {
    const url = new URL(shop.url);
    await shop.client.query("drop database if exists source_latin1");
    await shop.client.query(
      "create database source_latin1 template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'",
    );
    const { rows } = await readElsewhere("source_latin1", "create table t (v text); insert into t values ('é£')");
    expect(rows).toEqual([{ v: "é£" }]);
    expect(url.pathname).not.toBe("/source_latin1");
  });

  test("a SQL_ASCII database gives valid UTF-8, or an error that names the row", async () => {
    await shop.client.query("drop database if exists source_ascii");
    await shop.client.query(
      "create database source_ascii template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'",
    );
    const good = await readElsewhere(
      "source_ascii",
      "create table t (id int primary key, v text); insert into t values (1, 'é')",
    );
    expect(good.rows).toEqual([{ id: "1", v: "é" }]);
    const bad = readElsewhere(
      "source_ascii",
      `set client_encoding = 'SQL_ASCII'; insert into t values (2, E'\\\\351'); insert into t values (3, E'\\\\303')`,
    );
    await expect(bad).rejects.toMatchObject({ kind: "data", column: "v", row: "id=2" });
  });
});

async function readElsewhere(database: string, setup: string) {
  const { default: pg } = await import("pg");
  const { default: postgres } = await import("../../../connectors/postgres/index.js");
  const { readRequest, readStream } = await import("../../../sdk/testing/read-stream.js");
  const url = new URL(shop.url);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(setup.replaceAll("\\\\", "\\"));
  await client.end();
  const source = await postgres.open(postgres.config.parse({ url: url.href }), shop.context);
  try {
    const { streams } = await source.discover();
    return await readStream(source, readRequest(streams[0]!));
  } finally {
    await source.close();
  }
}
