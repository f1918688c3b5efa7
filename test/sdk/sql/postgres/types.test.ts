import { expect, test } from "vitest";
import { decimal, formatType, list, scalar } from "../../../../sdk/schema/column-type.js";
import { postgresType, restoredType, typeMapping, typeOid } from "../../../../sdk/sql/postgres/types.js";

const numeric = (precision: number, scale: number) => ({
  oid: typeOid.numeric,
  typmod: ((precision << 16) | (scale & 0x7ff)) + 4,
  elementOid: 0,
});

test.each([
  [numeric(15, 2), "decimal(15,2)"],
  [numeric(38, 10), "decimal(38,10)"],
  [numeric(3, -2), "decimal(5,0)"],
  [numeric(2, 5), "decimal(5,5)"],
  [numeric(39, 0), "string"],
  [numeric(30, -20), "string"],
  [{ oid: typeOid.numeric, typmod: -1, elementOid: 0 }, "string"],
  [{ oid: typeOid.oid, typmod: -1, elementOid: 0 }, "int64"],
  [{ oid: 1186, typmod: -1, elementOid: 0 }, "string"],
  [{ oid: 1007, typmod: -1, elementOid: typeOid.integer }, "list<int32>"],
  [{ oid: 1041, typmod: -1, elementOid: 869 }, "list<string>"],
])("%o is %s", (type, expected) => {
  expect(formatType(typeMapping(type).type)).toBe(expected);
});

test("arrays are their text where that is asked for", () => {
  expect(typeMapping({ oid: 1007, typmod: -1, elementOid: typeOid.integer }, "text")).toEqual({
    type: scalar("string"),
    transfer: "text",
  });
});

test("every logical type has a Postgres type", () => {
  expect(postgresType(decimal(12, 2))).toBe("numeric(12,2)");
  expect(postgresType(list(scalar("int64")))).toBe("bigint[]");
  expect(postgresType(scalar("json"))).toBe("json");
});

test("a declared type is restored only where every server has it", () => {
  const column = (type: string) => ({ type: scalar("string"), native: { system: "postgres", type } });
  expect(restoredType(column("character varying(44)"))).toBe("character varying(44)");
  expect(restoredType(column("interval day to second(3)"))).toBe("interval day to second(3)");
  expect(restoredType(column("inet"))).toBe("inet");
  expect(restoredType(column("mood"))).toBe("text");
  expect(restoredType(column("text; drop table x"))).toBe("text");
  expect(restoredType({ type: scalar("int64"), native: { system: "mysql", type: "bigint" } })).toBe("bigint");
});
