import type { Target } from "../../sdk/destination.js";
import { proposeRenames } from "../schema/propose-renames.js";
import { compareValues } from "./compare-values.js";
import type { Ends } from "./opened-ends.js";
import type { PreparedStream } from "./prepare-stream.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamState } from "./stream-state.js";

/** A column that is likely to be another one under a new name. */
export interface LikelyRename {
  /** Names at the source. */
  readonly from: string;
  readonly to: string;
  /** Why, in words. */
  readonly because: readonly string[];
}

interface RenameFacts {
  readonly plan: StreamPlan;
  readonly prepared: PreparedStream;
  readonly saved: StreamState | undefined;
  readonly target: Target;
  readonly ends: Pick<Ends, "source" | "destination">;
  readonly signal: AbortSignal;
}

/** How many of the compared values must be equal: some may have changed since the last sync. */
const alike = 0.9;

/** Renames that type and position, or type and values, speak for; values that differ speak against. */
export async function likelyRenames({
  plan,
  prepared,
  saved,
  target,
  ends,
  signal,
}: RenameFacts): Promise<LikelyRename[]> {
  if (saved === undefined || target.writeMode === "overwrite") return [];
  const renames = new Map(Object.entries(saved.accepted?.renames ?? {}));
  const likely: LikelyRename[] = [];
  // By their names at the source; one that the option `rename` names cannot be gone.
  const known = saved.columns.map((column) => ({ ...column, source: column.from ?? column.source }));
  for (const proposal of proposeRenames(known, prepared.source, renames)) {
    if (proposal.from.from !== undefined) continue;
    const values = await compareValues({ plan, target, signal, ...ends }, proposal);
    const differs = values !== undefined && values.compared > 0 && values.equal / values.compared < alike;
    const equal = values !== undefined && values.compared > 0 && !differs;
    if (differs || !(proposal.samePosition || equal)) continue;
    likely.push({
      from: proposal.from.source,
      to: proposal.to.name,
      because: [
        "the same type",
        ...(proposal.samePosition ? ["the same position"] : []),
        ...(equal ? [`${values.equal} of ${values.compared} values are equal`] : []),
      ],
    });
  }
  return likely;
}
