import type { OpenDestination, Target } from "../../sdk/destination.js";
import { firstColumns } from "../schema/drift.js";
import { type StreamPlan, selectedColumns } from "./select-streams.js";
import type { StreamRun } from "./stream-run.js";
import { loadState } from "./stream-state.js";

/** Where a stream's rows go, by the names its columns have at the destination. */
export async function targetOf(
  plan: StreamPlan,
  destination: OpenDestination,
  run: Pick<StreamRun, "connection" | "fullRefresh" | "naming">,
): Promise<Target> {
  const rows = await destination.states(plan.schema);
  const row = rows.find(({ connection, stream }) => connection === run.connection && stream === plan.id);
  const taken = new Map(loadState(row?.state)?.columns.map((column) => [column.source, column.target]));
  const columns = firstColumns(selectedColumns(plan), run.naming, taken);
  const targetName = (source: string) => columns.find((column) => column.source === source)!.target;
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
