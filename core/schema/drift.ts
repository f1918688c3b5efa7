import type { SchemaChange } from "../../sdk/destination.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { DriftPolicies, DriftPolicy } from "./drift-policy.js";
import type { Fit } from "./fit.js";
import { type Drift, judgeColumn, keepGone, type Verdict } from "./judge-column.js";
import type { KnownColumn } from "./known-column.js";
import { isRecreated, matchColumns } from "./match-columns.js";
import { fold, type NamingRules, targetNames } from "./naming.js";
import { renameOrder } from "./rename-order.js";

/** What a schema seen at the source means for a table that is there. */
export interface Decision {
  /** The columns the table will have: known ones in their order, then new ones; a rebuilt table has the source's order. */
  readonly columns: readonly KnownColumn[];
  /** What must be done to the table first; each keeps every old value. */
  readonly changes: readonly SchemaChange[];
  /** How the values of each column seen get into the table, in the order seen. */
  readonly fits: readonly Fit[];
  /** Every difference with what is done about it. */
  readonly drifts: readonly Drift[];
  /** Changes that the policy `freeze` forbids, as sentences; not empty means: stop before anything is loaded. */
  readonly refusals: readonly string[];
  /** Columns that were found again under another name: old source name to new. */
  readonly renamed: ReadonlyMap<string, string>;
}

export interface DriftRules extends NamingRules {
  /** The table is built anew: what evolves takes the source's columns exactly, and nothing needs to be altered. */
  readonly rebuilds?: boolean;
  /** Renames that somebody confirmed: old source name to new. */
  readonly renames?: ReadonlyMap<string, string>;
}

/**
 * Compares the columns a table was loaded with and those the source has now, and says for every difference what the
 * policies make of it. Under `evolve` a type that cannot hold both becomes the narrowest that does: no value is lost.
 */
export function decide(
  known: readonly KnownColumn[],
  seen: readonly Column[],
  policies: DriftPolicies,
  rules: DriftRules,
): Decision {
  const rebuilds = rules.rebuilds === true;
  const { known: matches, gone } = matchColumns(known, seen, rules.renames);
  const anew = isRecreated(known, seen);
  const stay = rebuilds && policies.columns === "evolve" ? [] : gone.map(({ target }) => target);
  const names = namesFor({ seen, matches, reserved: stay, policies, rules });
  const verdicts = seen.map((column, i) => {
    return judgeColumn({ seen: column, known: matches[i], target: names[i]!, policies, rebuilds, anew });
  });
  const goneVerdicts = gone.map((column) => keepGone(column, policies.columns, rebuilds));
  const byKnown = new Map<KnownColumn, Verdict>();
  for (const [i, verdict] of verdicts.entries()) if (matches[i] !== undefined) byKnown.set(matches[i], verdict);
  for (const [i, verdict] of goneVerdicts.entries()) byKnown.set(gone[i]!, verdict);
  const old = known.map((column) => byKnown.get(column)!);
  const added = verdicts.filter((_, i) => matches[i] === undefined);
  const all = [...old, ...added];
  const inOrder = rebuilds ? [...verdicts, ...goneVerdicts] : all;
  const drifts = [...(anew ? [tableDrift(policies.tables)] : []), ...all.flatMap((verdict) => verdict.drifts)];
  return {
    columns: inOrder.flatMap(({ column }) => column ?? []),
    changes: rebuilds ? [] : [...renamesOf(known, byKnown), ...all.flatMap((verdict) => verdict.changes)],
    fits: verdicts.map(fitOf),
    drifts: drifts.map((drift) => ({ ...drift, decision: `${drift.policy}: ${drift.decision}` })),
    refusals: drifts
      .filter(({ policy }) => policy === "freeze")
      .map(({ columnName, change }) => (columnName === undefined ? change : `column '${columnName}': ${change}`)),
    renamed: new Map(
      known.flatMap((column) => {
        const name = byKnown.get(column)?.column?.source;
        return name === undefined || name === column.source ? [] : [[column.source, name]];
      }),
    ),
  };
}

/** The columns of a table that does not exist yet; `taken` are names chosen on earlier runs. */
export function firstColumns(
  seen: readonly Column[],
  rules: NamingRules,
  taken: ReadonlyMap<string, string> = new Map(),
): KnownColumn[] {
  const sources = seen.map((column) => column.name);
  const names = targetNames(sources, rules, taken);
  return seen.map(({ name, ...facts }) => ({ ...facts, source: name, target: names.get(name)! }));
}

interface NamingCase {
  readonly seen: readonly Column[];
  readonly matches: readonly (KnownColumn | undefined)[];
  /** Names of columns that stay though the source has them no more. */
  readonly reserved: readonly string[];
  readonly policies: DriftPolicies;
  readonly rules: DriftRules;
}

/** The table's name for each column seen: kept where it has one, unless a rename is followed. */
function namesFor({ seen, matches, reserved, policies, rules }: NamingCase): string[] {
  const keeps = (known: KnownColumn | undefined, { name }: Column) =>
    known !== undefined &&
    (known.source === name || policies.columns !== "evolve" || fold(known.target, rules) === fold(name, rules));
  const kept = seen.map((column, i) => (keeps(matches[i], column) ? matches[i]!.target : undefined));
  const fresh = seen.filter((_, i) => kept[i] === undefined).map(({ name }) => name);
  const taken = kept.filter((name) => name !== undefined);
  const names = targetNames(fresh, rules, new Map(), [...taken, ...reserved]);
  return seen.map(({ name }, i) => kept[i] ?? names.get(name)!);
}

function renamesOf(known: readonly KnownColumn[], verdicts: ReadonlyMap<KnownColumn, Verdict>): SchemaChange[] {
  const renames = known.map((column) => {
    return { from: column.target, to: verdicts.get(column)?.column?.target ?? column.target };
  });
  return renameOrder(renames).map(({ from, to }) => ({ type: "rename_column", column: from, to }));
}

/** A table under the same name that is another one. */
function tableDrift(policy: DriftPolicy): Drift {
  const decision = policy === "freeze" ? "the stream stops" : "read from the beginning";
  const change = "the table was dropped and made anew";
  return { entity: "tables", columnName: undefined, change, policy, decision };
}

function fitOf({ column, fit }: Verdict): Fit {
  return { column, ...fit };
}
