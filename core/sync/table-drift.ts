import type { StateRow } from "../../sdk/destination.js";
import type { DriftRecord } from "../../sdk/drift-record.js";
import { DataError } from "../../sdk/errors.js";
import { completePolicies, type DriftPolicy } from "../schema/drift-policy.js";
import type { StreamPlan } from "./stream-plan.js";

/** What is done with a stream as a whole. */
export interface TableVerdict {
  readonly action: "load" | "leave_out" | "stop";
  /** The decision, where the table is new to the connection. */
  readonly records: readonly DriftRecord[];
}

/**
 * Judges whether a table is new: a pattern takes it, and the connection was synced before without it. What a user names
 * is no drift, nor is anything on a connection's first sync.
 * @param states the connection's own, as the run found them
 */
export function judgeTable(
  plan: Pick<StreamPlan, "id" | "byPattern" | "options">,
  states: readonly StateRow[],
): TableVerdict {
  const isNew = plan.byPattern && states.length > 0 && !states.some(({ stream }) => stream === plan.id);
  if (!isNew) return { action: "load", records: [] };
  const policy = completePolicies(plan.options.drift).tables;
  const { action, decision } = decisions[policy];
  const record: DriftRecord = {
    entity: "tables",
    columnName: undefined,
    change: "new at the source",
    decision: `${policy}: ${decision}`,
  };
  return { action, records: [record] };
}

/** The error of a new table that the policy forbids. */
export function newTableError({ id }: StreamPlan, connection: string): DataError {
  return new DataError("drift.frozen", `'${id}' is new at the source, and \`tables: freeze\` forbids new tables`, {
    stream: id,
    hint: `name ${id} under the streams of '${connection}', or leave it out with a narrower pattern`,
  });
}

const leftOut = { action: "leave_out", decision: "left out" } as const;

const decisions: Readonly<Record<DriftPolicy, Pick<TableVerdict, "action"> & { readonly decision: string }>> = {
  evolve: { action: "load", decision: "loaded" },
  freeze: { action: "stop", decision: "the stream stops" },
  discard_value: leftOut,
  discard_row: leftOut,
  quarantine: leftOut,
};
