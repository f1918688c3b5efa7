import { connect } from "./connect.js";
import type { Journal } from "./journal.js";
import { migrate } from "./migrations.js";
import type { RunRecord, StateChangeRecord } from "./run-record.js";
import { saveRecord } from "./save-record.js";
import type { StoreLocation } from "./store-location.js";

/** The history of runs, drift and changes of states. Losing it loses history, never data or state. */
export interface Store {
  /** Takes in what stands in a journal, and empties it. Each entry once, however often it is tried. */
  takeIn(journal: Journal): Promise<void>;
  /** Ended runs, the newest first. */
  runs(query: { readonly connection?: string; readonly limit: number }): Promise<Omit<RunRecord, "events">[]>;
  run(id: string): Promise<RunRecord | undefined>;
  /** Changes of states, the newest first. */
  stateChanges(query: { readonly connection: string; readonly limit: number }): Promise<StateChangeRecord[]>;
  close(): Promise<void>;
}

/** Opens a store, making or updating its tables. */
export async function openStore(location: StoreLocation): Promise<Store> {
  const database = await connect(location);
  try {
    await migrate(database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return {
    async takeIn(journal) {
      for (const { name, record } of journal.waiting()) {
        await saveRecord(database, record);
        journal.remove(name);
      }
    },
    async runs({ connection, limit }) {
      const query = database<RunRow>("sluice_runs")
        .orderBy("started_at", "desc")
        .orderBy("run_id", "desc")
        .limit(limit);
      if (connection !== undefined) {
        query.whereIn("run_id", database("sluice_run_connections").select("run_id").where({ connection }));
      }
      return (await query).map(toRun);
    },
    async run(id) {
      const row = await database<RunRow>("sluice_runs").where({ run_id: id }).first();
      if (row === undefined) return undefined;
      const events = await database<EventRow>("sluice_run_events").where({ run_id: id }).orderBy("position");
      return { ...toRun(row), events: events.map(({ at, event }) => ({ at, event: JSON.parse(event) })) };
    },
    async stateChanges({ connection, limit }) {
      const rows = await database<StateChangeRow>("sluice_state_changes")
        .where({ connection })
        .orderBy("at", "desc")
        .limit(limit);
      return rows.map(({ user_name: user, host, before, after, ...rest }) => ({
        ...rest,
        kind: "state_change",
        origin: { user, host, pid: 0 },
        before: before === null ? null : JSON.parse(before),
        after: after === null ? null : JSON.parse(after),
      }));
    },
    close: () => database.destroy(),
  };
}

interface RunRow {
  readonly run_id: string;
  readonly user_name: string;
  readonly host: string;
  readonly report: string;
}

interface EventRow {
  readonly run_id: string;
  readonly position: number;
  readonly at: string;
  readonly event: string;
}

interface StateChangeRow extends Omit<StateChangeRecord, "origin" | "before" | "after" | "kind"> {
  readonly user_name: string;
  readonly host: string;
  readonly before: string | null;
  readonly after: string | null;
}

function toRun({ report, user_name: user, host }: RunRow): Omit<RunRecord, "events"> {
  return { kind: "run", report: JSON.parse(report), origin: { user, host, pid: 0 } };
}
