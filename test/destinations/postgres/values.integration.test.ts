import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UnpackedValue } from "../../../sdk/batch/unpack.js";
import type { OpenDestination } from "../../../sdk/destination.js";
import { rawJson } from "../../../sdk/raw-json.js";
import { type ColumnType, formatType, parseType } from "../../../sdk/schema/column-type.js";
import { edgeValues, extremeValues } from "../../../sdk/testing/edge-values.js";
import { queryPostgres } from "../../support/query.js";
import { column } from "./columns.js";
import { openDestination, run, targetOf, testDatabase } from "./destination-fixture.js";

let url: string;
let destination: OpenDestination;
let tables = 0;

beforeAll(async () => {
  url = await testDatabase("target_values");
  destination = await openDestination(url);
});
afterAll(() => destination.close());

/** Loads values into a column and gives back the server's text of each; lists as JSON of their elements' texts. */
async function roundTrip(type: ColumnType, values: readonly UnpackedValue[], native?: string) {
  const table = `values_${++tables}`;
  const columns = [column("n", "int32"), column("value", formatType(type), native)];
  const packed = (value: UnpackedValue) => (type.kind === "json" && typeof value === "string" ? rawJson(value) : value);
  await run(
    destination,
    targetOf(table, "append"),
    columns,
    values.map((value, n) => ({ n, value: packed(value) })),
  );
  const text =
    type.kind === "binary"
      ? "encode(value, 'hex')"
      : type.kind === "list"
        ? "to_json(value::text[])::text"
        : "value::text";
  const rows = await queryPostgres(url, `set timezone to 'UTC'; select ${text} from warehouse.${table} order by n`);
  return rows.flat();
}

/** A value as Postgres writes it. */
function asText(type: ColumnType, value: UnpackedValue): string | null {
  if (value === null) return null;
  if (type.kind === "list") return JSON.stringify((value as UnpackedValue[]).map((item) => asText(type.item, item)));
  if (type.kind === "float32" || type.kind === "float64") return floatText(value as number);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return String(value);
}

function floatText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

const same = (type: ColumnType, stored: readonly (string | null)[]) =>
  type.kind !== "float32" && type.kind !== "float64"
    ? stored
    : stored.map((text) =>
        text === null ? null : floatText(type.kind === "float32" ? Math.fround(Number(text)) : Number(text)),
      );

const types = [
  ...["boolean", "int16", "int32", "int64", "float32", "float64", "string", "binary", "date", "time", "timestamp"],
  ...["datetime", "uuid", "json", "decimal(1,0)", "decimal(18,18)", "decimal(18,3)", "decimal(19,0)", "decimal(38,38)"],
  ...[
    "decimal(38,0)",
    "decimal(38,5)",
    "list<int32>",
    "list<string>",
    "list<decimal(20,4)>",
    "list<boolean>",
    "list<timestamp>",
  ],
].map(parseType);

describe.each(types.map((type) => [formatType(type), type] as const))("%s", (_, type) => {
  it("holds every value at its limits, and nulls", async () => {
    const values = [null, ...edgeValues(type), null, ...extremeValues(type).filter((value) => value !== "a\0b")];
    expect(same(type, await roundTrip(type, values))).toEqual(values.map((value) => asText(type, value)));
  });
});

describe("any value", () => {
  const samples = 2000;
  const digits = (count: number) => fc.bigInt({ min: -(10n ** BigInt(count)) + 1n, max: 10n ** BigInt(count) - 1n });
  const scaled = (scale: number) => (unscaled: bigint) => {
    const text = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
    const at = text.length - scale;
    return `${unscaled < 0n ? "-" : ""}${text.slice(0, at)}${scale === 0 ? "" : `.${text.slice(at)}`}`;
  };

  it.each([
    [4, 2],
    [15, 2],
    [18, 0],
    [18, 7],
    [25, 10],
    [38, 17],
  ])("decimal(%i,%i)", async (precision, scale) => {
    const anyDigits = fc.integer({ min: 1, max: precision }).chain(digits).map(scaled(scale));
    const values = fc.sample(anyDigits, samples);
    expect(await roundTrip(parseType(`decimal(${precision},${scale})`), values)).toEqual(values);
  });

  it("string", async () => {
    const values = fc
      .sample(fc.string({ unit: "binary", maxLength: 80 }), samples)
      .map((text) => text.replaceAll("\0", ""));
    expect(await roundTrip(parseType("string"), values)).toEqual(values);
  });

  it("int64", async () => {
    const values = fc.sample(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), samples);
    expect(await roundTrip(parseType("int64"), values)).toEqual(values.map(String));
  });

  it("a text and a row larger than a frame", async () => {
    const values = ["x".repeat(70_000), "y".repeat(65_500), "", "z".repeat(3_000_000)];
    expect(await roundTrip(parseType("string"), values)).toEqual(values);
  });
});

describe("numbers of any length, as text", () => {
  it("are kept to the digit", async () => {
    const number = fc.tuple(
      fc.constantFrom("", "-"),
      fc.stringMatching(/^(0|[1-9][0-9]{0,60})$/),
      fc.stringMatching(/^(\.[0-9]{1,60})?$/),
    );
    const generated = fc.sample(number, 2000).map((parts) => parts.join(""));
    const values = ["NaN", "Infinity", "-Infinity", "9".repeat(1000), `0.${"0".repeat(500)}1`, ...generated];
    const expected = values.map((value) => (/^-0(\.0*)?$/.test(value) ? value.slice(1) : value));
    expect(await roundTrip(parseType("string"), values, "numeric")).toEqual(expected);
    const list = [["1.5", null, "-20000"], []];
    expect(await roundTrip(parseType("list<string>"), list, "numeric[]")).toEqual(
      list.map((item) => JSON.stringify(item)),
    );
  });

  it.each(["", "-", "1e5", "abc", "."])("are refused where they are none: '%s'", async (text) => {
    await expect(roundTrip(parseType("string"), ["1", text], "numeric")).rejects.toMatchObject({
      kind: "data",
      code: "value.not_a_number",
      row: "row 2 of the load",
    });
  });
});

describe("what Postgres cannot hold", () => {
  it.each([
    ["string", "a\0b", "value.nul_in_text"],
    ["json", rawJson('"\0"'), "value.nul_in_text"],
    ["list<string>", ["ok", "a\0b"], "value.nul_in_text"],
  ])("is refused with its row: a NUL in %s", async (type, value, code) => {
    const columns = [column("id", "int64"), column("value", type)];
    const rows = [{ id: 1 }, { id: 2, value }];
    await expect(run(destination, targetOf("refused", "append"), columns, rows)).rejects.toMatchObject({
      kind: "data",
      code,
      column: "value",
      row: "row 2 of the load",
      stream: "public.refused",
    });
    expect(await queryPostgres(url, "select to_regclass('warehouse.refused')")).toEqual([[null]]);
  });
});

describe("types of Postgres", () => {
  it.each([
    ["string", "character varying(10)", ["abc"], "character varying(10)"],
    ["string", "character(5)", ["ab   "], "character(5)"],
    ["string", "numeric", ["1.500"], "numeric"],
    ["string", "interval", ["1 year 2 mons 3 days 04:05:06.789"], "interval"],
    ["string", "inet", ["10.0.0.0/8"], "inet"],
    ["string", "macaddr", ["08:00:2b:01:02:03"], "macaddr"],
    ["string", "int4range", ["[1,5)"], "int4range"],
    ["string", "tsvector", ["'a':1 'b':2"], "tsvector"],
    ["string", "bit(3)", ["101"], "bit(3)"],
    ["string", "time with time zone", ["12:00:00+02"], "time with time zone"],
    ["string", "some_enum", ["label"], "text"],
    ["int64", "oid", [4_000_000_000n], "oid"],
    ["json", "json", ['{"b": 1,  "a":2, "a":3}'], "json"],
    ["json", "jsonb", ['{"a": 2, "b": 1}'], "jsonb"],
    ["json", "hstore", ['{"a":1}'], "json"],
    ["timestamp", "timestamp(3) with time zone", ["2024-01-01 00:00:00.123+00"], "timestamp(3) with time zone"],
    ["list<string>", "character varying(9)[]", [["a", null, 'q"']], "character varying(9)[]"],
    ["list<string>", "inet[]", [["10.0.0.1"]], "inet[]"],
  ])("%s from %s are kept", async (type, native, values, kept) => {
    const stored = await roundTrip(parseType(type), values as UnpackedValue[], native);
    const [declared] = await queryPostgres(
      url,
      `select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'warehouse.values_${tables}'::regclass and attname = 'value'`,
    );
    expect(declared).toEqual([kept]);
    const [expected] = await queryPostgres(
      url,
      `select ${type.startsWith("list") ? "to_json(v::text[])::text" : "v::text"} from (select ${literal(values[0] as UnpackedValue)}::${kept} as v) x`,
    );
    expect(stored[0]).toBe(expected![0]);
  });

  function literal(value: UnpackedValue): string {
    return Array.isArray(value)
      ? `array[${value.map((item) => (item === null ? "null" : literal(item))).join(",")}]`
      : `'${String(value).replaceAll("'", "''")}'`;
  }
});
