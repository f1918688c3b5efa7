import type { SchemaChange } from "../../sdk/destination.js";
import { formatType, sameType } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { type KnownColumn, targetColumn } from "./known-column.js";
import { commonType, widens } from "./lattice.js";
import { type NamingRules, targetNames } from "./naming.js";

/** What a schema seen at the source means for a table that is there. */
export interface Decision {
  /** The columns the table will have, in the order of the source. */
  readonly columns: readonly KnownColumn[];
  /** What must be done to the table first; each keeps every old value. */
  readonly changes: readonly SchemaChange[];
  /** What cannot be done, as sentences; not empty means: stop. */
  readonly refusals: readonly string[];
}

/**
 * Compares the columns a table was loaded with and those the source has now. A new column is added, a wider type is
 * taken over, a null allowed; a narrower type changes nothing, since the table holds its values. Any other change is refused.
 */
export function decide(known: readonly KnownColumn[], seen: readonly Column[], rules: NamingRules): Decision {
  const bySource = new Map(known.map((column) => [column.source, column]));
  const names = targetNames(
    [...new Set([...known.map((column) => column.source), ...seen.map((column) => column.name)])],
    rules,
    new Map(known.map((column) => [column.source, column.target])),
  );
  const seenNames = new Set(seen.map((column) => column.name));
  const verdicts = seen.map((column) => judge(bySource.get(column.name), column, names.get(column.name)!));
  return {
    columns: verdicts.map((verdict) => verdict.column),
    changes: verdicts.flatMap((verdict) => verdict.changes),
    refusals: [
      ...known
        .filter((column) => !seenNames.has(column.source))
        .map((column) => `column '${column.source}' is gone from the source`),
      ...verdicts.flatMap((verdict) => verdict.refusals),
    ],
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
  return seen.map((column) => knownAs(column, names.get(column.name)!));
}

interface Verdict {
  readonly column: KnownColumn;
  readonly changes: readonly SchemaChange[];
  readonly refusals: readonly string[];
}

function judge(known: KnownColumn | undefined, seen: Column, target: string): Verdict {
  const fresh = knownAs(seen, target);
  if (known === undefined) {
    const column = { ...fresh, nullable: true };
    return { column, changes: [{ type: "add_column", column: targetColumn(column) }], refusals: [] };
  }
  const type = heldBy(known, seen);
  if (type === undefined) {
    const [before, now] = [formatType(known.type), formatType(seen.type)];
    const refusal = `column '${seen.name}' was ${before} and is now ${now}, which does not hold every ${before}`;
    return { column: known, changes: [], refusals: [refusal] };
  }
  const changes: SchemaChange[] = [];
  if (!sameType(type, known.type)) changes.push({ type: "widen_column", column: target, from: known.type, to: type });
  if (seen.nullable && !known.nullable) changes.push({ type: "allow_null", column: target });
  const { native: _, ...facts } = fresh;
  const native = sameType(type, seen.type) ? seen.native : known.native;
  const column = { ...facts, type, nullable: known.nullable || seen.nullable, ...(native && { native }) };
  return { column, changes, refusals: [] };
}

/** The type in which both the old and the new values stand, if that is a widening of the old one. */
function heldBy(known: KnownColumn, seen: Column) {
  if (widens(seen.type, known.type)) return known.type;
  if (widens(known.type, seen.type)) return seen.type;
  const both = commonType(known.type, seen.type);
  return both.kind === "decimal" ? both : undefined;
}

function knownAs({ name: source, ...facts }: Column, target: string): KnownColumn {
  return { ...facts, source, target };
}
