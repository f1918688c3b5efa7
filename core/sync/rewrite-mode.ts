import type { StreamPlan } from "./stream-plan.js";

/**
 * How rows that a table may have already are written again: into a history, or merged by their key; undefined where nothing
 * tells one row from another, or every version is kept.
 */
export function rewriteMode({
  write,
  primaryKey,
}: Pick<StreamPlan, "write" | "primaryKey">): "merge" | "scd2" | undefined {
  if (primaryKey.length === 0 || write === "append") return undefined;
  return write === "scd2" ? "scd2" : "merge";
}
