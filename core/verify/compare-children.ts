import type { RowDigest } from "../../sdk/digest.js";
import {
  areAmong,
  byKey,
  type CompareOptions,
  type Comparison,
  type Difference,
  digits,
  isNews,
  type NewsRule,
  noDifferences,
  rowsOf,
  type Side,
  sameRows,
  unlikeBuckets,
} from "./compare.js";

export interface CompareChildrenOptions extends Pick<CompareOptions, "source" | "target" | "keepsVersions"> {
  /** How many columns of a child's key, the first ones, are the key of the row it belongs to: buckets are by them. */
  readonly parentColumns: number;
  /** The rows that they belong to, by that key. */
  readonly parents: { readonly source: Side; readonly target: Side } & NewsRule;
  onDifference(difference: ChildDifference): void;
}

/** A row of a child table that is not the same. */
export interface ChildDifference extends Difference {
  readonly parent: readonly (string | null)[];
  /** Who has the row that it belongs to: the source, or only the target, or nobody. */
  readonly owner: "source" | "target" | "nobody";
}

/** What the source and the target have of the rows that the children in some buckets belong to, by their keys. */
interface Parents {
  readonly source: ReadonlyMap<string, readonly RowDigest[]>;
  readonly target: ReadonlyMap<string, readonly RowDigest[]>;
}

/** As `compare`, of a child table: what is pending, not unique or kept in versions is so because of the rows it belongs to. */
export async function compareChildren(options: CompareChildrenOptions): Promise<Omit<Comparison, "synced">> {
  const { source, target, parents } = options;
  const [left, right] = await Promise.all([source.buckets(digits), target.buckets(digits)]);
  const counts = noDifferences();
  for (const buckets of unlikeBuckets(left, right)) {
    const [ours, theirs, oursOf, theirsOf] = await Promise.all(
      [source, target, parents.source, parents.target].map((side) => side.rows(digits, buckets)),
    );
    const found = differences(byKey(ours!), byKey(theirs!), options, {
      source: byKey(oursOf!),
      target: byKey(theirsOf!),
    });
    for (const difference of found) {
      counts[difference.kind]++;
      options.onDifference(difference);
    }
  }
  return { sourceRows: rowsOf(left), targetRows: rowsOf(right), counts };
}

type RowsByKey = ReadonlyMap<string, readonly RowDigest[]>;

function* differences(
  left: RowsByKey,
  right: RowsByKey,
  options: CompareChildrenOptions,
  parents: Parents,
): Generator<ChildDifference> {
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const [rows, others] = [left.get(name), right.get(name)];
    if (rows !== undefined && others !== undefined && sameRows(rows, others, options)) continue;
    const { key } = (rows ?? others)![0]!;
    const parent = key.slice(0, options.parentColumns);
    const ownerName = JSON.stringify(parent);
    const owners = parents.source.get(ownerName) ?? [];
    // An older version had more.
    if (rows === undefined && options.keepsVersions && owners.length > 0) continue;
    const owner = owners.length > 0 ? "source" : parents.target.has(ownerName) ? "target" : "nobody";
    yield { kind: kindOf({ rows, others, owners }, options), key, parent, owner };
  }
}

interface FoundRows {
  readonly rows: readonly RowDigest[] | undefined;
  readonly others: readonly RowDigest[] | undefined;
  /** The source's rows that they belong to. */
  readonly owners: readonly RowDigest[];
}

function kindOf({ rows, others, owners }: FoundRows, { parents }: CompareChildrenOptions): Difference["kind"] {
  if (isNews(owners, parents)) return "pending";
  const isOfSeveral = owners.length > 1 && (others === undefined || rows === undefined || areAmong(others, rows));
  if (isOfSeveral) return "not_unique";
  if (others === undefined) return "missing";
  return rows === undefined ? "extra" : "different";
}
