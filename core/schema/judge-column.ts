import type { SchemaChange } from "../../sdk/destination.js";
import type { DriftRecord } from "../../sdk/drift-record.js";
import { type ColumnType, formatType, sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { DriftPolicies, DriftPolicy } from "./drift-policy.js";
import type { Fit, Misfit } from "./fit.js";
import { type KnownColumn, targetColumn } from "./known-column.js";
import { commonType, widens } from "./lattice.js";

/** What is to be done about one column. */
export interface Verdict {
  /** As the table will have it; undefined where it will not. */
  readonly column: KnownColumn | undefined;
  readonly fit: Omit<Fit, "column">;
  /** By the column's new name. */
  readonly changes: readonly SchemaChange[];
  readonly drifts: readonly Drift[];
}

/** One difference, and what its policy makes of it. */
export interface Drift extends DriftRecord {
  readonly policy: DriftPolicy;
  /** The table stays unlike the source: the difference will be seen again. */
  readonly stands?: true;
}

export interface ColumnCase {
  readonly seen: Column;
  /** The column as the table was loaded with it; undefined for one that is new. */
  readonly known: KnownColumn | undefined;
  /** The name it is to have in the table. */
  readonly target: string;
  readonly policies: DriftPolicies;
  readonly rebuilds: boolean;
  /** The whole table is another one: that its columns are is no news. */
  readonly anew: boolean;
}

const stops = "the stream stops";

export function judgeColumn(one: ColumnCase): Verdict {
  return one.known === undefined ? judgeNew(one) : judgeKnown(one, one.known);
}

/** A column that the source has no more: the table keeps it, unless it is built anew as the source is. */
export function keepGone(known: KnownColumn, policy: DriftPolicy, rebuilds: boolean): Verdict {
  const fit: Verdict["fit"] = { value: { type: "as_is" }, nulls: "allowed" };
  const leaves = rebuilds && policy === "evolve";
  const kept = { ...known, nullable: true, gone: true } as const;
  const decision = leaves ? "the rebuilt table has it no more" : "the table keeps it, null in new rows";
  const drift: Drift = {
    entity: "columns",
    columnName: known.target,
    change: "gone from the source",
    policy,
    decision: policy === "freeze" ? stops : decision,
  };
  return {
    column: leaves ? undefined : kept,
    fit,
    changes: known.nullable ? [] : [{ type: "allow_null", column: known.target }],
    drifts: known.gone ? [] : [drift],
  };
}

function judgeNew({ seen, target, policies, rebuilds }: ColumnCase): Verdict {
  const policy = policies.columns;
  const { name: source, ...facts } = seen;
  const column: KnownColumn = { ...facts, source, target, nullable: rebuilds ? seen.nullable : true };
  const drift = (decision: string, columnName = source): Drift => {
    return { entity: "columns", columnName, change: `new, ${formatType(seen.type)}`, policy, decision };
  };
  const leftOut = (carrying: "drop" | "filter" | "quarantine", decision: string): Verdict => {
    const fit: Verdict["fit"] = { value: { type: "leave_out", carrying }, nulls: "allowed" };
    return { column: undefined, fit, changes: [], drifts: [{ ...drift(decision), stands: true }] };
  };
  switch (policy) {
    case "evolve":
      return {
        column,
        fit: { value: { type: "as_is" }, nulls: "allowed" },
        changes: [{ type: "add_column", column: targetColumn(column) }],
        drifts: [drift("added", target)],
      };
    case "freeze":
      return leftOut("drop", stops);
    case "discard_value":
      return leftOut("drop", "not loaded");
    case "discard_row":
      return leftOut("filter", "rows that have a value are left out");
    case "quarantine":
      return leftOut("quarantine", "rows that have a value are quarantined");
  }
}

function judgeKnown({ seen, target, policies, rebuilds, anew }: ColumnCase, known: KnownColumn): Verdict {
  const typed = judgeType(seen, known, { policy: policies.types, rebuilds, target });
  const nulled = judgeNulls(seen, known, { policy: policies.nullability, rebuilds, target });
  const nullable = nulled.nullable || typed.needsNull;
  const { name: source, native: _, nullable: __, type: ___, ...facts } = seen;
  const native = sameType(typed.type, seen.type) ? seen.native : known.native;
  const column: KnownColumn = { ...facts, source, target, type: typed.type, nullable, ...(native && { native }) };
  const changes: SchemaChange[] = [];
  if (!sameType(typed.type, known.type)) {
    changes.push({ type: "widen_column", column: target, from: known.type, to: typed.type });
  }
  if (nullable && !known.nullable) changes.push({ type: "allow_null", column: target });
  return {
    column,
    fit: { value: typed.value, nulls: nullable ? "allowed" : nulled.nulls },
    changes,
    drifts: [
      ...identityDrift(seen, anew ? withoutId(known) : known, policies.columns, target),
      ...typed.drifts,
      ...nulled.drifts,
    ],
  };
}

function withoutId({ id: _, ...column }: KnownColumn): KnownColumn {
  return column;
}

/** A rename, or another column under the same name. */
function identityDrift(seen: Column, known: KnownColumn, policy: DriftPolicy, target: string): Drift[] {
  const drift = (change: string, decision: string): Drift => {
    const done = policy === "freeze" ? stops : decision;
    return { entity: "columns", columnName: target, change, policy, decision: done };
  };
  if (known.source !== seen.name) {
    const renamed = policy === "evolve" ? `renamed to '${target}'` : `loaded as '${target}' as before`;
    return [drift(`renamed from '${known.source}' to '${seen.name}'`, renamed)];
  }
  if (known.gone) return [drift("back at the source", "loaded again")];
  if (known.id === undefined || seen.id === undefined || known.id === seen.id) return [];
  return [drift("dropped and made anew", "older rows keep the values of the former column")];
}

interface Ruling {
  readonly policy: DriftPolicy;
  readonly rebuilds: boolean;
  readonly target: string;
}

interface TypeVerdict {
  readonly type: ColumnType;
  readonly value: Fit["value"];
  /** Values become null that the column might not allow. */
  readonly needsNull: boolean;
  readonly drifts: readonly Drift[];
}

function judgeType(seen: Column, known: KnownColumn, { policy, rebuilds, target }: Ruling): TypeVerdict {
  const [before, now] = [formatType(known.type), formatType(seen.type)];
  const drift = (decision: string): Drift => {
    return { entity: "types", columnName: target, change: `${before} → ${now}`, policy, decision };
  };
  const held = (type: ColumnType, drifts: readonly Drift[]): TypeVerdict => {
    const value = { type: sameType(type, seen.type) ? "as_is" : "widen" } as const;
    return { type, value, needsNull: false, drifts };
  };
  if (rebuilds && policy === "evolve") {
    return held(seen.type, before === now ? [] : [drift(`the rebuilt table has ${now}`)]);
  }
  // A narrower type is no change: the table holds all its values.
  if (widens(seen.type, known.type)) return held(known.type, []);
  const casts = (misfit: Misfit, decision: string): TypeVerdict => {
    const value = { type: "cast", to: known.type, misfit } as const;
    return { type: known.type, value, needsNull: misfit === "null", drifts: [{ ...drift(decision), stands: true }] };
  };
  switch (policy) {
    case "evolve": {
      const both = commonType(known.type, seen.type);
      const text = formatType(both);
      return held(both, [drift(text === now ? `widened to ${text}` : `widened to ${text}, which holds both`)]);
    }
    case "freeze":
      return held(known.type, [drift(stops)]);
    case "discard_value":
      return casts("null", `values that are no ${before} become null`);
    case "discard_row":
      return casts("filter", `rows whose value is no ${before} are left out`);
    case "quarantine":
      return casts("quarantine", `rows whose value is no ${before} are quarantined`);
  }
}

interface NullVerdict {
  readonly nullable: boolean;
  readonly nulls: Fit["nulls"];
  readonly drifts: readonly Drift[];
}

function judgeNulls(seen: Column, known: KnownColumn, { policy, rebuilds, target }: Ruling): NullVerdict {
  if (rebuilds && policy === "evolve") return { nullable: seen.nullable, nulls: "allowed", drifts: [] };
  if (known.nullable || !seen.nullable) return { nullable: known.nullable, nulls: "allowed", drifts: [] };
  const verdict = (nullable: boolean, nulls: Fit["nulls"], decision: string): NullVerdict => {
    const drift: Drift = { entity: "nullability", columnName: target, change: "may be null", policy, decision };
    return { nullable, nulls, drifts: [nullable ? drift : { ...drift, stands: true }] };
  };
  switch (policy) {
    case "evolve":
    // There is no value to leave out: the null is what is loaded.
    case "discard_value":
      return verdict(true, "allowed", "null allowed");
    case "freeze":
      return verdict(false, "allowed", stops);
    case "discard_row":
      return verdict(false, "filter", "rows with a null are left out");
    case "quarantine":
      return verdict(false, "quarantine", "rows with a null are quarantined");
  }
}
