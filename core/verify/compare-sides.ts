import { type Comparison, compare, type Difference } from "./compare.js";
import { type ChildDifference, compareChildren } from "./compare-children.js";
import type { Sides } from "./open-sides.js";
import { type Comparable, isKeyed } from "./prepare-comparison.js";

/** Told each difference. */
export interface DifferenceListener {
  own(difference: Difference): void;
  /** @param child its number among `Sides.children` */
  child(difference: ChildDifference, child: number): void;
}

export interface SidesComparison {
  readonly own: Comparison;
  readonly children: readonly Omit<Comparison, "synced">[];
}

/** Compares all tables of a stream, its own first. */
export async function compareSides(
  { arrival: { plan } }: Pick<Comparable, "arrival">,
  { source, target, compared, children }: Sides,
  listener: DifferenceListener,
): Promise<SidesComparison> {
  const keepsVersions = plan.write === "append";
  const news = compared.cursor === undefined ? {} : { cursor: compared.cursor.type };
  const own = await compare({
    ...{ source, target, keepsVersions, ...news },
    keyed: isKeyed(plan, compared),
    onDifference: (difference) => listener.own(difference),
  });
  const parents = { source, target, ...news, synced: own.synced };
  const found: Omit<Comparison, "synced">[] = [];
  for (const [at, child] of children.entries()) {
    const onDifference = (difference: ChildDifference) => listener.child(difference, at);
    found.push(await compareChildren({ ...child, keepsVersions, parents, onDifference }));
  }
  return { own, children: found };
}
