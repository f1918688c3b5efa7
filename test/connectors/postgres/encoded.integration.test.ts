import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Batch } from "../../../sdk/batch/batch.js";
import type { EncodedRows, Message } from "../../../sdk/messages.js";
import type { ReadRequest } from "../../../sdk/source.js";
import { copyEncoder, frameBytes } from "../../../sdk/sql/postgres/copy-encode.js";
import { rowSplicer } from "../../../sdk/sql/postgres/copy-splice.js";
import { rowEncoding } from "../../../sdk/sql/postgres/row-encoding.js";
import { readRequest } from "../../../sdk/testing/read-stream.js";
import { startRun } from "../../support/scenario.js";
import { openShop, type Shop } from "./shop.js";

let shop: Shop;

beforeAll(async () => {
  shop = await openShop(
    "source_encoded",
    `create type mood as enum ('sad', 'glad');
     create domain price as numeric(10,2) check (value >= 0);
     create schema target`,
  );
});
afterAll(() => shop.close());

/** Types, the type in which COPY sends each, and values. */
const types: readonly (readonly [type: string, sent: string, values: readonly string[]])[] = [
  ["boolean", "boolean", ["true", "false"]],
  ["smallint", "smallint", ["-32768", "32767"]],
  ["integer", "integer", ["-2147483648", "2147483647"]],
  ["bigint", "bigint", ["-9223372036854775808", "9223372036854775807"]],
  ["numeric(15,2)", "numeric", ["0", "-0.01", "9999999999999.99", "10000"]],
  ["numeric(38,10)", "numeric", [`${"9".repeat(28)}.9999999999`, "-0.0000000001"]],
  ["numeric", "numeric", ["1.10", "NaN", "Infinity", "-0.000", `${"9".repeat(500)}.${"1".repeat(200)}`]],
  ["real", "real", ["-0", "0.1", "NaN", "-Infinity"]],
  ["double precision", "double precision", ["-0", "0.1", "5e-324", "NaN", "Infinity"]],
  ["text", "text", ["", "\\N", "ä€😀", "line\nbreak", "y".repeat(300_000)]],
  ["varchar(44)", "text", ["", "abc "]],
  ["char(5)", "text", ["a", "ä"]],
  ["name", "text", ["a_name"]],
  ["bytea", "bytea", ["\\x", "\\x00ff"]],
  ["uuid", "uuid", ["01234567-89ab-cdef-8123-456789abcdef"]],
  ["json", "json", ['{"a": 1,  "a":2}', "null"]],
  ["jsonb", "jsonb", ['{"a": [1, null]}', "9007199254740993.10"]],
  ["date", "date", ["1970-01-01", "4714-11-24 BC", "infinity", "-infinity"]],
  ["time", "time without time zone", ["24:00:00", "23:59:59.999999"]],
  ["timestamp(3)", "timestamp without time zone", ["1999-12-31 23:59:59.999", "infinity"]],
  ["timestamptz", "timestamp with time zone", ["1970-01-01 00:00:00+00", "-infinity"]],
  ["interval", "text", ["1 year 2 mons -3 days 04:05:06.000001"]],
  ["inet", "text", ["10.0.0.1", "::1"]],
  ["mood", "text", ["sad"]],
  ["price", "numeric", ["0.10"]],
  ["integer[]", "integer[]", ["{1,NULL,3}", "{}"]],
  ["varchar(9)[]", "character varying[]", ['{"a b",""}']],
  ["mood[]", "text[]", ["{sad,glad}"]],
];

const tableOf = (index: number) => `t${index}`;

async function fill(index: number): Promise<void> {
  const [type, , values] = types[index]!;
  await shop.client.query(`drop table if exists ${tableOf(index)}; create table ${tableOf(index)} (id int, v ${type})`);
  const rows = [...values, null].map((value, id) => `(${id}, ${value === null ? "null" : literal(value)}::${type})`);
  await shop.client.query(`insert into ${tableOf(index)} values ${rows.join(", ")}`);
}

const literal = (value: string) => `'${value.replaceAll("'", "''")}'`;

async function messages(table: string, overrides: Partial<ReadRequest>): Promise<Message[]> {
  const found: Message[] = [];
  const stream = await shop.stream(`public.${table}`);
  for await (const message of shop.source.read(readRequest(stream, overrides))) found.push(message);
  return found;
}

const encodedOf = (found: readonly Message[]): EncodedRows[] =>
  found.flatMap((message) => (message.type === "encoded" ? [message.rows] : []));
const batchesOf = (found: readonly Message[]): Batch[] =>
  found.flatMap((message) => (message.type === "batch" ? [message.batch] : []));

const newFrame = (bytes: number) => {
  const buffer = new Uint8Array(Math.max(bytes, frameBytes));
  return { bytes: buffer, view: new DataView(buffer.buffer) };
};

// A numeric without precision is a text when decoded, and the server drops the zeros that its encoding has more.
const comparable = types.map(([type], index) => [type, index] as const).filter(([type]) => type !== "numeric");

describe.each(comparable)("%s", (_, index) => {
  const [, sent] = types[index]!;
  const encoding = rowEncoding(["integer", sent]);

  test("passes through byte for byte as it would be decoded and encoded", async () => {
    await fill(index);
    const encoded = encodedOf(await messages(tableOf(index), { encoding }));
    const batches = batchesOf(await messages(tableOf(index), {}));
    const columns = batches[0]!.columns.map((column, i) => ({
      name: column.name,
      type: column.type,
      postgresType: i === 0 ? "integer" : sent,
    }));
    const encoder = copyEncoder({ stream: "s", columns, loadId: 7 });
    const splice = rowSplicer({ stream: "s", loadId: 7 });
    const passed = encoded.flatMap((rows) => [...splice(rows, newFrame)].map((bytes) => Buffer.from(bytes)));
    const recoded = batches.flatMap((batch) => [...encoder.encode(batch, newFrame)].map((bytes) => Buffer.from(bytes)));
    expect(passed.length).toBeGreaterThan(0);
    expect(passed).toEqual(recoded);
  });
});

describe("rows are decoded", () => {
  test("where the encoding is another than the rows have", async () => {
    const index = types.findIndex(([type]) => type === "json");
    await fill(index);
    for (const other of [rowEncoding(["integer", "jsonb"]), rowEncoding(["integer"]), "other-system:text"]) {
      const found = await messages(tableOf(index), { encoding: other });
      expect(encodedOf(found)).toEqual([]);
      expect(batchesOf(found)).toHaveLength(1);
    }
  });

  test("where a column has changed its type since it was discovered", async () => {
    await shop.client.query(
      "drop table if exists changed; create table changed (id int); insert into changed values (1)",
    );
    const stream = await shop.stream("public.changed");
    await shop.client.query("alter table changed alter id type bigint");
    const found: Message[] = [];
    for await (const message of shop.source.read(readRequest(stream, { encoding: rowEncoding(["bigint"]) })))
      found.push(message);
    expect(found.map(({ type }) => type)).toEqual(["schema", "batch", "checkpoint"]);
  });
});

describe("from Postgres to Postgres", () => {
  test.each(["overwrite", "append", "merge"] as const)("%s keeps every value, run after run", async (write) => {
    for (const index of types.keys()) await fill(index);
    const columns = types.map((_, index) => `t${index}.v as v${index}`);
    const joins = types.slice(1).map((_, index) => `full join t${index + 1} using (id)`);
    await shop.client.query(
      `drop table if exists everything; create table everything as select id, ${columns.join(", ")} from t0 ${joins.join(" ")};
       alter table everything add primary key (id)`,
    );
    const end = { connector: "postgres", config: { url: shop.url } };
    const options = { read: "full_refresh", write } as const;
    const scenario = { source: end, destination: end, schema: "target", stream: "public.everything", options };
    for (const expected of [1, write === "append" ? 2 : 1]) {
      const { report, stderr } = await startRun(scenario).ended;
      expect(report?.status, stderr).toBe("succeeded");
      const texts = types.map((_, index) => `v${index}::text`).join(", ");
      const { rows } = await shop.client.query(`select id, ${texts} from everything order by id`);
      const loaded = await shop.client.query(`select distinct id, ${texts} from target.everything order by id`);
      expect(loaded.rows).toEqual(rows);
      const { rows: counts } = await shop.client.query(
        "select count(*) as rows, count(distinct _sluice_load_id) as loads from target.everything",
      );
      expect(counts).toEqual([{ rows: String(rows.length * expected), loads: String(expected) }]);
    }
    await shop.client.query("drop schema target cascade; create schema target");
  });
});
