import type { OpenDestination, Target } from "../../sdk/destination.js";
import { targetColumn } from "../schema/known-column.js";
import { type FirstFacts, firstShape, type Shape } from "./shape.js";

interface ViewFacts {
  readonly destination: OpenDestination;
  readonly target: Target;
}

/** Views at the destination that a load of this shape would break, or that would stop it; none where nobody can tell. */
export async function brokenViews(
  { columns, changes }: Shape,
  { destination, target }: ViewFacts,
): Promise<readonly string[]> {
  return (await destination.dependents?.(target, { columns: columns.map(targetColumn), changes })) ?? [];
}

/** The same of a change that a policy forbids, were it accepted. */
export async function brokenIfAccepted(facts: FirstFacts & ViewFacts): Promise<readonly string[]> {
  const { saved } = facts;
  if (saved === undefined) return [];
  const accepted = { renames: {}, ...saved.accepted, changes: true };
  return brokenViews(firstShape({ ...facts, saved: { ...saved, accepted } }), facts);
}
