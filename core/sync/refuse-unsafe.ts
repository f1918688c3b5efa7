import { ConfigError, DataError } from "../../sdk/errors.js";
import type { WriteMode } from "../../sdk/schema/stream.js";
import { isRecreated } from "../schema/match-columns.js";
import type { Shape } from "./shape.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamState } from "./stream-state.js";

export interface TableFacts {
  readonly plan: StreamPlan;
  readonly shape: Pick<Shape, "renamed">;
  readonly saved: StreamState | undefined;
  readonly writeMode: WriteMode;
  readonly connection: string;
}

/**
 * Stops a stream whose state no longer belongs to its source: what to do then is not for Sluice to choose.
 * @throws DataError `drift.primary_key`, `drift.cursor_column`, `drift.table_recreated` · ConfigError `stream.mode_changed`
 */
export function refuseUnsafe(facts: TableFacts): void {
  const { plan, saved, writeMode } = facts;
  if (saved === undefined || writeMode === "overwrite") return;
  refuseOtherKey(facts, saved);
  if (plan.read !== "full_refresh" && saved.read === plan.read && saved.accepted?.changes !== true) {
    refuseOtherTable(facts, saved);
    refuseLostCursor(facts, saved);
  }
  if (writeMode === "append" && plan.read === "incremental" && saved.read === "full_refresh") {
    const message = `'${plan.id}' was loaded whole: appending it incrementally would load every row again`;
    throw new ConfigError("stream.mode_changed", message, { stream: plan.id, hint: rebuildHint(plan) });
  }
}

/** @throws DataError `target.missing` where a table that was loaded is no longer there */
export function refuseMissingTable({ id, table, read }: StreamPlan, saved: StreamState | undefined): void {
  if (saved === undefined || read === "full_refresh") return;
  const message = `table '${table}' is gone, though the state says what was loaded into it`;
  throw new DataError("target.missing", message, { stream: id, hint: rebuildHint({ id }) });
}

/** @throws ConfigError `stream.not_loaded` where there is no table yet that something could be done to */
export function refuseNotLoaded({ id }: StreamPlan, loaded: boolean): void {
  if (loaded) return;
  throw new ConfigError("stream.not_loaded", `'${id}' has not been loaded yet`, {
    stream: id,
    hint: "run `sluice sync` first",
  });
}

function refuseOtherKey({ plan, shape, writeMode }: TableFacts, saved: StreamState): void {
  // Where nobody chose, a table without a key would be appended to from now on.
  const matters = writeMode === "merge" || writeMode === "scd2" || plan.options.write === undefined;
  const known = saved.primaryKey.map((name) => nameNow(name, plan, shape));
  if (!matters || known.length === 0 || known.join("\0") === plan.primaryKey.join("\0")) return;
  const [before, now] = [saved.primaryKey.join(", "), plan.primaryKey.join(", ")];
  const is = now === "" ? "the source has none now" : `is now (${now})`;
  throw new DataError("drift.primary_key", `the primary key of '${plan.id}' was (${before}) and ${is}`, {
    stream: plan.id,
    hint: `${rebuildHint(plan)}; \`primary_key: [${before}]\` keeps the old key, where the source still has it`,
  });
}

function refuseOtherTable({ plan, writeMode, connection }: TableFacts, saved: StreamState): void {
  if (!isRecreated(saved.columns, plan.stream.columns)) return;
  const again = writeMode === "append" ? "appends all its rows to the old ones" : "merges its rows into the old ones";
  throw new DataError(
    "drift.table_recreated",
    `'${plan.id}' was dropped and made anew at the source: its state speaks of another table`,
    { stream: plan.id, hint: `${rebuildHint(plan)}; ${acceptHint(connection, plan)} ${again}` },
  );
}

function refuseLostCursor({ plan, shape, connection }: TableFacts, saved: StreamState): void {
  if (saved.cursor === undefined) return;
  if (plan.columns.includes(nameNow(saved.cursor, plan, shape))) return;
  throw new DataError(
    "drift.cursor_column",
    `'${plan.id}' has lost its cursor '${saved.cursor}', which said what is new`,
    {
      stream: plan.id,
      column: saved.cursor,
      hint: `name another with \`cursor:\`, then ${rebuildHint(plan)}, or ${acceptHint(connection, plan)} reads all rows again by the new one; \`read: full_refresh\` needs none`,
    },
  );
}

/** A source column's name as it is now. */
function nameNow(name: string, { columns }: StreamPlan, { renamed }: TableFacts["shape"]): string {
  return columns.includes(name) ? name : (renamed.get(name) ?? name);
}

function rebuildHint({ id }: Pick<StreamPlan, "id">): string {
  return `\`--full-refresh --stream ${id}\` rebuilds the table`;
}

function acceptHint(connection: string, { id }: StreamPlan): string {
  return `\`sluice drift accept ${connection} --stream ${id}\``;
}
