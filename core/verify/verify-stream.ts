import { type Comparison, compare } from "./compare.js";
import { type NamedKey, namedKey } from "./named-key.js";
import { type ComparisonFacts, prepareComparison } from "./prepare-comparison.js";
import { pushedDownSide, readSide, targetSide } from "./sides.js";

/** What a comparison of one stream with its table found. */
export interface StreamFinding extends Comparison {
  /** Where the source's rows were digested: by the source itself, or here after reading them all. */
  readonly how: "pushed_down" | "read";
  /** Some of the keys that differ, by the table's column names. */
  readonly keys: readonly NamedKey[];
  /** Columns that only one side has; they were not compared. */
  readonly leftOut: readonly string[];
}

export interface VerifyOptions extends ComparisonFacts {
  /** How many keys are named. */
  readonly mostKeys: number;
}

/** Compares a stream with its table; undefined where nothing was ever loaded. */
export async function verifyStream({ mostKeys, ...facts }: VerifyOptions): Promise<StreamFinding | undefined> {
  const comparable = await prepareComparison(facts);
  if (comparable === undefined) return undefined;
  const { arrival, compared, leftOut } = comparable;
  const keys: NamedKey[] = [];
  const keyColumns = compared.key.map(({ target: name, type, nullable }) => ({ name, type, nullable }));
  const pushed = pushedDownSide(arrival, compared);
  const source = pushed ?? (await readSide(arrival, compared));
  try {
    const comparison = await compare({
      source,
      target: targetSide(arrival, compared),
      keepsVersions: facts.plan.write === "append",
      ...(compared.cursor === undefined ? {} : { cursor: compared.cursor.type }),
      onDifference(difference) {
        if (keys.length < mostKeys) keys.push(namedKey(difference, keyColumns));
      },
    });
    return { ...comparison, how: pushed === undefined ? "read" : "pushed_down", keys, leftOut };
  } finally {
    await source.close?.();
  }
}
