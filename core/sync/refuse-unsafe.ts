import type { Target } from "../../sdk/destination.js";
import { ConfigError, DataError } from "../../sdk/errors.js";
import type { StreamPlan } from "./select-streams.js";
import type { StreamState } from "./stream-state.js";

interface TableFacts {
  readonly plan: StreamPlan;
  readonly saved: StreamState | undefined;
  readonly target: Target;
  readonly tableExists: boolean;
}

/**
 * Stops a stream whose state and table no longer belong together.
 * @throws DataError `target.missing`, `drift.primary_key` · ConfigError `stream.mode_changed`
 */
export function refuseUnsafe({ plan, saved, target, tableExists }: TableFacts): void {
  if (saved === undefined || target.writeMode === "overwrite") return;
  const rebuild = `\`--full-refresh --stream ${plan.id}\` rebuilds the table`;
  if (!tableExists && plan.read !== "full_refresh") {
    throw new DataError(
      "target.missing",
      `table '${target.table}' is gone, though the state says what was loaded into it`,
      {
        stream: plan.id,
        hint: rebuild,
      },
    );
  }
  const merges = target.writeMode === "merge" || target.writeMode === "scd2";
  if (merges && saved.primaryKey.length > 0 && saved.primaryKey.join("\0") !== plan.primaryKey.join("\0")) {
    const [before, now] = [saved.primaryKey.join(", "), plan.primaryKey.join(", ")];
    throw new DataError("drift.primary_key", `the primary key of '${plan.id}' was (${before}) and is now (${now})`, {
      stream: plan.id,
      hint: `${rebuild}; \`primary_key: [${before}]\` keeps the old key`,
    });
  }
  if (target.writeMode === "append" && plan.read === "incremental" && saved.read === "full_refresh") {
    throw new ConfigError(
      "stream.mode_changed",
      `'${plan.id}' was loaded whole: appending it incrementally would load every row again`,
      {
        stream: plan.id,
        hint: rebuild,
      },
    );
  }
}
