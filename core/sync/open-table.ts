import type { Target } from "../../sdk/destination.js";
import { ConfigError, DataError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import { type Decision, decide, firstColumns } from "../schema/drift.js";
import type { KnownColumn } from "../schema/known-column.js";
import type { NamingRules } from "../schema/naming.js";
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
  const rebuild = `\`sluice sync --full-refresh --stream ${plan.id}\` rebuilds the table`;
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

interface ColumnFacts {
  readonly plan: StreamPlan;
  /** The columns the table was loaded with; empty for a table that is new or rebuilt. */
  readonly known: readonly KnownColumn[];
  readonly seen: readonly Column[];
  readonly saved: StreamState | undefined;
  readonly naming: NamingRules;
}

/**
 * The columns the table will have and what must be done to it first.
 * @throws DataError `drift.refused` for a change that is not an addition
 */
export function decideColumns({
  plan,
  known,
  seen,
  saved,
  naming,
}: ColumnFacts): Pick<Decision, "columns" | "changes"> {
  if (known.length === 0) {
    const taken = new Map(saved?.columns.map((column) => [column.source, column.target]));
    return { columns: firstColumns(seen, naming, taken), changes: [] };
  }
  const decision = decide(known, seen, naming);
  if (decision.refusals.length === 0) return decision;
  throw new DataError("drift.refused", `the columns of '${plan.id}' have changed: ${decision.refusals.join("; ")}`, {
    stream: plan.id,
    hint: `undo the change at the source, or rebuild the table with \`sluice sync --full-refresh --stream ${plan.id}\``,
  });
}
