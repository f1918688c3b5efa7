import type { Target } from "../../sdk/destination.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamState } from "./stream-state.js";

interface ReadFacts {
  readonly plan: StreamPlan;
  readonly target: Pick<Target, "writeMode" | "fullRefresh">;
  readonly saved: StreamState | undefined;
  /** Somebody asked for it. */
  readonly fullRefresh: boolean;
}

/** Why a stream is read from the beginning; undefined where it goes on from its state. */
export function whyFromBeginning({ plan, target, saved, fullRefresh }: ReadFacts): string | undefined {
  if (fullRefresh) return "a full refresh is asked for";
  if (saved === undefined) return "nothing was loaded yet";
  if (saved.read !== plan.read) return `it was read as ${saved.read} before`;
  if (plan.read === "full_refresh" && saved.complete) return "full_refresh reads everything each time";
  if (target.writeMode === "overwrite") return "a table that is rebuilt is right only as a whole";
  if (target.writeMode === "scd2" && target.fullRefresh)
    return "keys that do not come are closed only after a whole read";
  return saved.source === undefined ? "its state has no place to go on from" : undefined;
}
