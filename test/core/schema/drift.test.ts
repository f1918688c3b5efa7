import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, firstColumns } from "../../../core/schema/drift.js";
import {
  completePolicies,
  type DriftEntity,
  type DriftPolicy,
  driftPolicies,
} from "../../../core/schema/drift-policy.js";
import { needsRefinery } from "../../../core/schema/fit.js";
import { widens } from "../../../core/schema/lattice.js";
import { judgeTable } from "../../../core/sync/table-drift.js";
import { formatType, parseType } from "../../../sdk/schema/column-type.js";
import type { Column } from "../../../sdk/schema/stream.js";

const rules = { maxIdentifierBytes: 63, caseInsensitive: false };
const evolve = completePolicies(undefined);
const column = (name: string, type: string, nullable = true, id?: string): Column => ({
  name,
  type: parseType(type),
  nullable,
  ...(id === undefined ? {} : { id }),
});
const before = [column("id", "int32", false), column("total", "decimal(10,2)")];
const known = firstColumns(before, rules);
const all = (policy: DriftPolicy) => completePolicies({ columns: policy, types: policy, nullability: policy });

/** What a decision comes to, in short. */
function outcome(entity: DriftEntity, seen: readonly Column[], policy: DriftPolicy) {
  const decision = decide(known, seen, completePolicies({ [entity]: policy }), rules);
  return {
    changes: decision.changes.map(({ type }) => type),
    fits: decision.fits.map(({ value, nulls }) => {
      const misfit =
        value.type === "cast" ? ` ${value.misfit}` : value.type === "leave_out" ? ` ${value.carrying}` : "";
      return `${value.type}${misfit}${nulls === "allowed" ? "" : `, nulls ${nulls}`}`;
    }),
    stops: decision.refusals.length > 0,
    decision: decision.drifts.map((drift) => drift.decision),
  };
}

describe("the truth table of drift", () => {
  const newColumn = [...before, column("note", "string", false)];
  it.each([
    ["evolve", ["add_column"], "as_is", false, "evolve: added"],
    ["freeze", [], "leave_out drop", true, "freeze: the stream stops"],
    ["discard_value", [], "leave_out drop", false, "discard_value: not loaded"],
    ["discard_row", [], "leave_out filter", false, "discard_row: rows that have a value are left out"],
    ["quarantine", [], "leave_out quarantine", false, "quarantine: rows that have a value are quarantined"],
  ] as const)("columns: %s, for a new column", (policy, changes, fit, stops, decision) => {
    const fits = ["as_is", "as_is", fit];
    expect(outcome("columns", newColumn, policy)).toEqual({ changes, fits, stops, decision: [decision] });
  });

  const otherType = [column("id", "string", false), before[1]!];
  it.each([
    ["evolve", ["widen_column"], "as_is", false, "evolve: widened to string"],
    ["freeze", [], "as_is", true, "freeze: the stream stops"],
    ["discard_value", ["allow_null"], "cast null", false, "discard_value: values that are no int32 become null"],
    ["discard_row", [], "cast filter", false, "discard_row: rows whose value is no int32 are left out"],
    ["quarantine", [], "cast quarantine", false, "quarantine: rows whose value is no int32 are quarantined"],
  ] as const)("types: %s, for a type that holds other values", (policy, changes, fit, stops, decision) => {
    const found = outcome("types", otherType, policy);
    expect({ ...found, fits: stops ? ["as_is", "as_is"] : found.fits }).toEqual({
      ...{ changes, stops, decision: [decision] },
      fits: [fit, "as_is"],
    });
  });

  const nulls = [column("id", "int32", true), before[1]!];
  it.each([
    ["evolve", ["allow_null"], "as_is", false, "evolve: null allowed"],
    ["freeze", [], "as_is", true, "freeze: the stream stops"],
    ["discard_value", ["allow_null"], "as_is", false, "discard_value: null allowed"],
    ["discard_row", [], "as_is, nulls filter", false, "discard_row: rows with a null are left out"],
    ["quarantine", [], "as_is, nulls quarantine", false, "quarantine: rows with a null are quarantined"],
  ] as const)("nullability: %s, for a column that may be null now", (policy, changes, fit, stops, decision) => {
    const fits = [fit, "as_is"];
    expect(outcome("nullability", nulls, policy)).toEqual({ changes, fits, stops, decision: [decision] });
  });

  const state = { connection: "c", epoch: 1, seq: 1, loadId: 1, state: {}, schemaHash: "", committedAt: new Date() };
  it.each([
    ["evolve", "load", "evolve: loaded"],
    ["freeze", "stop", "freeze: the stream stops"],
    ["discard_value", "leave_out", "discard_value: left out"],
    ["discard_row", "leave_out", "discard_row: left out"],
    ["quarantine", "leave_out", "quarantine: left out"],
  ] as const)("tables: %s, for a table that a pattern takes", (policy, action, decision) => {
    const plan = { id: "new", byPattern: true, options: { drift: { tables: policy } } };
    expect(judgeTable(plan, [{ ...state, stream: "old" }])).toMatchObject({ action, records: [{ decision }] });
    // What somebody named, what the connection knows, and everything on its first sync is no news.
    const nothing = { action: "load", records: [] };
    expect(judgeTable({ ...plan, byPattern: false }, [{ ...state, stream: "old" }])).toEqual(nothing);
    expect(judgeTable(plan, [{ ...state, stream: "new" }])).toEqual(nothing);
    expect(judgeTable(plan, [])).toEqual(nothing);
  });
});

describe("the decision on a changed schema", () => {
  it("is empty when nothing changed, whatever the policies", () => {
    for (const policy of driftPolicies) {
      const { columns, changes, drifts, fits } = decide(known, before, all(policy), rules);
      expect({ columns, changes, drifts }).toEqual({ columns: known, changes: [], drifts: [] });
      expect(needsRefinery(fits)).toBe(false);
    }
  });

  it("adds a new column behind the others, null in the rows already there", () => {
    const seen = [column("note", "string", false), ...before];
    const { columns, changes } = decide(known, seen, evolve, rules);
    expect(changes).toEqual([{ type: "add_column", column: column("note", "string", true) }]);
    expect(columns.map(({ target }) => target)).toEqual(["id", "total", "note"]);
  });

  it("widens to the type that holds both where neither does, and says so", () => {
    const { columns, drifts } = decide(known, [before[0]!, column("total", "decimal(9,6)")], evolve, rules);
    expect(formatType(columns[1]!.type)).toBe("decimal(14,6)");
    expect(drifts).toMatchObject([{ decision: "evolve: widened to decimal(14,6), which holds both" }]);
    const { changes } = decide(known, [column("id", "boolean", false), before[1]!], evolve, rules);
    expect(changes).toMatchObject([{ type: "widen_column", column: "id", to: { kind: "string" } }]);
  });

  it("keeps the wider type when the source's grows narrower", () => {
    const seen = [column("id", "int16", false), column("total", "decimal(8,2)")];
    for (const policy of driftPolicies) {
      const { changes, fits, columns, drifts } = decide(known, seen, all(policy), rules);
      expect({ changes, drifts }).toEqual({ changes: [], drifts: [] });
      expect(columns.map((one) => one.type)).toEqual(known.map((one) => one.type));
      expect(fits.map(({ value }) => value.type)).toEqual(["widen", "widen"]);
    }
  });

  it("keeps a column that is gone, null from now on, and tells it once", () => {
    const first = decide(known, [before[1]!], evolve, rules);
    expect(first.columns.map(({ target, nullable, gone }) => [target, nullable, gone])).toEqual([
      ["id", true, true],
      ["total", true, undefined],
    ]);
    expect(first.changes).toEqual([{ type: "allow_null", column: "id" }]);
    expect(first.drifts).toMatchObject([{ change: "gone from the source" }]);
    expect(decide(first.columns, [before[1]!], evolve, rules).drifts).toEqual([]);
    expect(decide(first.columns, before, evolve, rules).drifts).toMatchObject([{ change: "back at the source" }]);
    expect(decide(known, [before[1]!], all("freeze"), rules).refusals).toEqual(["column 'id': gone from the source"]);
  });

  it("lets a rebuilt table have the source's columns exactly, without altering anything", () => {
    const seen = [column("note", "string", false), column("id", "int16", false)];
    const { columns, changes, drifts } = decide(known, seen, evolve, { ...rules, rebuilds: true });
    expect(columns.map(({ target, type, nullable }) => [target, formatType(type), nullable])).toEqual([
      ["note", "string", false],
      ["id", "int16", false],
    ]);
    expect(changes).toEqual([]);
    expect(drifts.map(({ change }) => change)).toEqual(["int32 → int16", "gone from the source", "new, string"]);
  });
});

describe("a renamed column", () => {
  const identified = firstColumns([column("a", "int32", true, "1.1"), column("b", "string", true, "1.2")], rules);

  it("is known by its identity: the table's column is renamed and keeps its history", () => {
    const seen = [column("alpha", "int64", true, "1.1"), column("b", "string", true, "1.2")];
    const { changes, drifts, renamed } = decide(identified, seen, evolve, rules);
    expect(changes).toMatchObject([
      { type: "rename_column", column: "a", to: "alpha" },
      { type: "widen_column", column: "alpha" },
    ]);
    expect(drifts[0]).toMatchObject({ change: "renamed from 'a' to 'alpha'", decision: "evolve: renamed to 'alpha'" });
    expect(renamed).toEqual(new Map([["a", "alpha"]]));
  });

  it("may take the name of one that left, or swap with another", () => {
    const moved = decide(identified, [column("b", "int32", true, "1.1")], evolve, rules);
    expect(moved.columns.map(({ source, gone }) => [source, gone])).toEqual([
      ["b", undefined],
      ["b", true],
    ]);
    expect(new Set(moved.columns.map(({ target }) => target)).size).toBe(2);
    const swapped = decide(
      identified,
      [column("b", "int32", true, "1.1"), column("a", "string", true, "1.2")],
      evolve,
      rules,
    );
    const names = new Map([
      ["a", "first"],
      ["b", "second"],
    ]);
    for (const change of swapped.changes) {
      if (change.type !== "rename_column") throw new Error(change.type);
      expect(names.has(change.to)).toBe(false);
      names.set(change.to, names.get(change.column)!);
      names.delete(change.column);
    }
    expect(Object.fromEntries(names)).toEqual({ b: "first", a: "second" });
  });

  it("goes on into the old column where the table is not to follow", () => {
    const seen = [column("alpha", "int32", true, "1.1"), column("b", "string", true, "1.2")];
    const { columns, changes, drifts } = decide(identified, seen, all("discard_value"), rules);
    expect(columns[0]).toMatchObject({ source: "alpha", target: "a" });
    expect(changes).toEqual([]);
    expect(drifts).toMatchObject([{ decision: "discard_value: loaded as 'a' as before" }]);
  });

  it("is one that left and one that came where the source has no identities, unless somebody says otherwise", () => {
    const seen = [before[0]!, column("total_usd", "decimal(10,2)")];
    expect(decide(known, seen, evolve, rules).changes.map(({ type }) => type)).toEqual(["add_column"]);
    const renames = new Map([["total", "total_usd"]]);
    expect(decide(known, seen, evolve, { ...rules, renames }).changes).toEqual([
      { type: "rename_column", column: "total", to: "total_usd" },
    ]);
  });

  it("is told from one that was dropped and made anew under the old name", () => {
    const seen = [column("a", "int32", true, "1.9"), column("b", "string", true, "1.2")];
    expect(decide(identified, seen, evolve, rules).drifts).toMatchObject([{ change: "dropped and made anew" }]);
    expect(decide(identified, seen, all("freeze"), rules).refusals).toHaveLength(1);
    const other = [column("a", "int32", true, "2.1"), column("b", "string", true, "2.2")];
    expect(decide(identified, other, evolve, rules).drifts).toMatchObject([{ entity: "tables" }]);
  });
});

describe("any decision", () => {
  const types = ["int16", "int32", "int64", "decimal(10,2)", "float64", "string", "date", "datetime", "json"];
  const columns = fc.uniqueArray(
    fc.record({ name: fc.constantFrom(..."abcdef"), type: fc.constantFrom(...types), nullable: fc.boolean() }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
  );
  const schema = columns.map((list) => list.map(({ name, type, nullable }) => column(name, type, nullable)));
  const policy = fc.constantFrom(...driftPolicies);
  const policies = fc.record({ tables: policy, columns: policy, types: policy, nullability: policy });

  it("gives every column seen one fit, whose column holds what is loaded, under distinct names", () => {
    fc.assert(
      fc.property(schema, schema, policies, (old, seen, chosen) => {
        const { columns, fits, refusals } = decide(firstColumns(old, rules), seen, chosen, rules);
        expect(fits).toHaveLength(seen.length);
        expect(new Set(columns.map(({ target }) => target)).size).toBe(columns.length);
        if (refusals.length > 0) return;
        for (const [i, { column: into, value, nulls }] of fits.entries()) {
          if (value.type === "leave_out") expect(into).toBeUndefined();
          else if (value.type !== "cast") expect(widens(seen[i]!.type, into!.type)).toBe(true);
          if (into !== undefined && nulls === "allowed" && value.type !== "cast") {
            expect(into.nullable || !seen[i]!.nullable).toBe(true);
          }
        }
      }),
    );
  });

  it("keeps every old column with a type that holds its values", () => {
    fc.assert(
      fc.property(schema, schema, policies, (old, seen, chosen) => {
        const { columns } = decide(firstColumns(old, rules), seen, chosen, rules);
        for (const one of firstColumns(old, rules)) {
          const kept = columns.find(({ target }) => target === one.target)!;
          expect(widens(one.type, kept.type)).toBe(true);
        }
      }),
    );
  });

  it("is reached once: the same schema seen again changes nothing more", () => {
    fc.assert(
      fc.property(schema, schema, policies, (old, seen, chosen) => {
        const once = decide(firstColumns(old, rules), seen, chosen, rules);
        if (once.refusals.length > 0) return;
        const again = decide(once.columns, seen, chosen, rules);
        expect(again.columns).toEqual(once.columns);
        expect(again.changes).toEqual([]);
        expect(again.drifts.every(({ stands }) => stands)).toBe(true);
      }),
    );
  });
});
