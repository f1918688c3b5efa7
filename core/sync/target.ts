import type { OpenDestination, Target } from "../../sdk/destination.js";
import { ConfigError } from "../../sdk/errors.js";
import { firstColumns } from "../schema/drift.js";
import type { PreparedRows } from "../transform/prepare-rows.js";
import type { StreamPlan } from "./select-streams.js";
import type { StreamRun } from "./stream-run.js";
import { loadState } from "./stream-state.js";

/**
 * Where a stream's rows go, by the names its columns have at the destination.
 * @throws ConfigError `stream.no_column` where the key or the cursor is no longer there after the transforms
 */
export async function targetOf(
  plan: StreamPlan,
  rows: PreparedRows,
  destination: OpenDestination,
  run: Pick<StreamRun, "connection" | "fullRefresh" | "naming">,
): Promise<Target> {
  const states = await destination.states(plan.schema);
  const row = states.find(({ connection, stream }) => connection === run.connection && stream === plan.id);
  const taken = new Map(loadState(row?.state)?.columns.map((column) => [column.source, column.target]));
  const columns = firstColumns(rows.columns, run.naming, taken);
  const targetName = (source: string) => {
    const output = rows.outputOf.get(source);
    return columns.find((column) => column.source === output)?.target ?? gone(plan, source);
  };
  const rebuild = run.fullRefresh && plan.write !== "scd2";
  return {
    connection: run.connection,
    stream: plan.id,
    schema: plan.schema,
    table: plan.table,
    writeMode: rebuild ? "overwrite" : plan.write,
    primaryKey: plan.primaryKey.map(targetName),
    ...(plan.cursorField === undefined ? {} : { cursorField: targetName(plan.cursorField) }),
    fullRefresh: run.fullRefresh || plan.read === "full_refresh",
    metadataColumns: plan.options.metadataColumns ?? true,
  };
}

function gone({ id }: StreamPlan, column: string): never {
  throw new ConfigError("stream.no_column", `stream '${id}': '${column}' is not among the columns it leaves with`, {
    stream: id,
    column,
    hint: "the columns of the primary key and the cursor must come through the transforms",
  });
}
