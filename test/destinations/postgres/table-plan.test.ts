import { describe, expect, it } from "vitest";
import { castExpression, newColumnPlan } from "../../../destinations/postgres/column-plan.js";
import { planTable } from "../../../destinations/postgres/table-plan.js";
import { createTable } from "../../../destinations/postgres/tables.js";
import { parseType } from "../../../sdk/schema/column-type.js";
import { column } from "./columns.js";

const table = { schema: "s", name: 'o"dd' };
const relation = (...columns: ReturnType<typeof column>[]) => ({ oid: 1, columns });
const plan = (existing: ReturnType<typeof column>, coming: ReturnType<typeof column>) =>
  planTable(table, relation(existing), { columns: [coming], kept: [], changes: [], loadId: false });

describe("a new table", () => {
  it("has the source's types and NOT NULLs, its keys NOT NULL, and Sluice's own columns last", () => {
    const plans = [column("id", "int32"), column("a b", "string!", "character varying(5)")].map(newColumnPlan);
    expect(createTable(table, { plans, keys: ["id"], loadId: true, validity: true })).toBe(
      'create table "s"."o""dd" ("id" integer not null, "a b" character varying(5) not null, ' +
        '"_sluice_valid_from" timestamp with time zone not null, "_sluice_valid_to" timestamp with time zone, ' +
        '"_sluice_load_id" bigint not null)',
    );
  });

  it.each([
    ["string", undefined, "text", "text"],
    ["string", "inet", "inet", "text"],
    ["string", "my_enum", "text", "text"],
    ["string", "numeric", "numeric", "numeric"],
    ["string", "name", "name", "name"],
    ["json", "jsonb", "jsonb", "jsonb"],
    ["json", undefined, "json", "json"],
    ["int64", "oid", "oid", "bigint"],
    ["list<string>", "uuid[]", "uuid[]", "text[]"],
    ["list<string>", "character varying(3)[]", "character varying(3)[]", "character varying(3)[]"],
  ])("gives %s from %s the type %s and copies it as %s", (type, native, kept, copied) => {
    expect(newColumnPlan(column("c", type, native))).toMatchObject({ type: kept, copyType: copied });
  });

  it("casts what COPY cannot write in the column's own form", () => {
    expect(castExpression(newColumnPlan(column('c"', "string", "inet")))).toBe('"c"""::inet');
    expect(castExpression(newColumnPlan(column("c", "string")))).toBe('"c"');
  });
});

describe("a table that is there", () => {
  it.each([
    ["integer", "int32", "int16"],
    ["bigint", "int64", "int32"],
    ["numeric(20,0)", "decimal(20,0)", "int64"],
    ["numeric(12,4)", "decimal(12,4)", "decimal(10,2)"],
    ["double precision", "float64", "float32"],
    ["text", "string", "timestamp"],
    ["numeric", "string", "decimal(10,2)"],
  ])("as %s (%s) takes %s", (native, held, coming) => {
    expect(plan(column("c", held, native), column("c", coming))).toMatchObject({
      alterations: [],
      columns: [{ type: native }],
    });
  });

  it.each([
    ["smallint", "int16", "int32"],
    ["double precision", "float64", "int64"],
    ["numeric(12,4)", "decimal(12,4)", "decimal(12,2)"],
    ["timestamp without time zone", "datetime", "timestamp"],
    ["bytea", "binary", "string"],
    ["text", "string", "binary"],
    ["integer[]", "list<int32>", "list<int64>"],
    ["character(5)", "string", "string"],
  ])("as %s (%s) refuses %s", (native, held, coming) => {
    expect(() => plan(column("c", held, native), column("c", coming))).toThrowError(
      expect.objectContaining({ code: "target.type_mismatch", column: "c" }),
    );
  });

  it.each([
    ["character varying(3)", "string", "character varying(9)"],
    ["timestamp(0) with time zone", "timestamp", undefined],
  ])("as %s is lengthened where more comes", (native, type, coming) => {
    const { alterations } = plan(column("c", type, native), column("c", type, coming));
    expect(alterations).toHaveLength(1);
    expect(alterations[0]).toMatch(/^alter column "c" type /);
  });

  it("keeps old lists as the JSON that new ones come in", () => {
    const widened = (from: string, native: string, to: string) =>
      planTable(table, relation(column("c", from, native)), {
        columns: [column("c", to)],
        kept: [],
        changes: [{ type: "widen_column", column: "c", from: parseType(from), to: parseType(to) }],
        loadId: false,
      }).alterations;
    expect(widened("list<int32>", "integer[]", "json")).toEqual([
      'alter column "c" type json using to_json("c")::json',
    ]);
    expect(widened("list<date>", "date[]", "string")).toEqual([
      'alter column "c" type text using to_json("c"::text[])::text',
    ]);
  });

  it("is altered once for all that is announced", () => {
    const planned = planTable(table, relation(column("a", "int16!"), column("b", "string!")), {
      columns: [column("a", "int64"), column("b", "string"), column("c", "date")],
      kept: [],
      changes: [
        { type: "widen_column", column: "a", from: parseType("int16"), to: parseType("int64") },
        { type: "allow_null", column: "b" },
        { type: "add_column", column: column("c", "date") },
      ],
      loadId: true,
    });
    expect(planned.alterations).toEqual([
      'alter column "a" type bigint using "a"::bigint',
      'alter column "b" drop not null',
      'add column "c" date',
      'add column "_sluice_load_id" bigint',
    ]);
  });

  it("renames columns first, and alters them by their new names", () => {
    const planned = planTable(table, relation(column("a", "int32"), column("b", "string!")), {
      columns: [column("aa", "int64"), column("a", "string"), column("b", "string")],
      kept: [],
      changes: [
        { type: "widen_column", column: "a", from: parseType("int32"), to: parseType("int64") },
        { type: "rename_column", column: "a", to: "aa" },
        { type: "add_column", column: column("a", "string") },
        { type: "rename_column", column: "gone", to: "b" },
        { type: "allow_null", column: "b" },
      ],
      loadId: false,
    });
    expect(planned.renames).toEqual(['rename column "a" to "aa"']);
    expect(planned.alterations).toEqual([
      'alter column "aa" type bigint using "aa"::bigint',
      'add column "a" text',
      'alter column "b" drop not null',
    ]);
  });
});
