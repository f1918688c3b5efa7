import { targetColumn } from "../schema/known-column.js";
import type { Comparison } from "./compare.js";
import { compareSides } from "./compare-sides.js";
import { type NamedKey, namedKey } from "./named-key.js";
import { openSides, type Sides } from "./open-sides.js";
import { type ComparisonFacts, prepareComparison } from "./prepare-comparison.js";

/** What a comparison of one stream with its tables found. */
export interface StreamFinding extends TableFinding {
  readonly how: Sides["how"];
  readonly children: readonly ChildFinding[];
  /** Columns that only one side has, and child tables that were never loaded; they were not compared. */
  readonly leftOut: readonly string[];
}

/** What was found of one table. */
export interface TableFinding extends Omit<Comparison, "synced"> {
  /** Some of the keys that differ, by the table's column names. */
  readonly keys: readonly NamedKey[];
}

export interface ChildFinding extends TableFinding {
  readonly table: string;
}

export interface VerifyOptions extends ComparisonFacts {
  /** How many keys of each table are named. */
  readonly mostKeys: number;
}

/** Compares a stream with its tables; undefined where nothing was ever loaded. */
export async function verifyStream({ mostKeys, ...facts }: VerifyOptions): Promise<StreamFinding | undefined> {
  const comparable = await prepareComparison(facts);
  if (comparable === undefined) return undefined;
  const sides = await openSides(comparable);
  try {
    const keys: NamedKey[] = [];
    const children = sides.children.map(({ table, key }) => ({ table, key, keys: [] as NamedKey[] }));
    const { own, children: found } = await compareSides(comparable, sides, {
      own(difference) {
        if (keys.length < mostKeys) keys.push(namedKey(difference, sides.compared.key.map(targetColumn)));
      },
      child(difference, at) {
        const child = children[at]!;
        if (child.keys.length < mostKeys) child.keys.push(namedKey(difference, child.key.map(targetColumn)));
      },
    });
    return {
      ...own,
      how: sides.how,
      keys,
      children: children.map(({ table, keys }, at) => ({ ...found[at]!, table, keys })),
      leftOut: [...comparable.leftOut, ...sides.cameUp],
    };
  } finally {
    await sides.close();
  }
}
