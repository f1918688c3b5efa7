import { availableParallelism } from "node:os";
import type { StateRow } from "../../sdk/destination.js";
import { errorRecord, SluiceError } from "../../sdk/errors.js";
import { syncAndDelete } from "../deletes/sync-and-delete.js";
import { discoverStreams } from "./discover-streams.js";
import { type ConnectionJob, withEnds } from "./ends.js";
import { learnedBefore } from "./learned-columns.js";
import type { Ends } from "./opened-ends.js";
import { untilLearned } from "./read-again.js";
import { recordOnce } from "./record-once.js";
import { type ConnectionReport, connectionStatus, reportedDrift, reportedError, type StreamReport } from "./report.js";
import { rulesInForce } from "./rules-in-force.js";
import { knownStreams, statesOf } from "./saved-states.js";
import { type KnownStreams, type LostStream, selectStreams } from "./select-streams.js";
import type { StreamPlan } from "./stream-plan.js";
import { newTally, type StreamRun, type Tally } from "./stream-run.js";
import { judgeTable, newTableError } from "./table-drift.js";

/** Syncs the streams of a connection one after another; one that fails leaves the others be. */
export async function syncConnection(job: ConnectionJob): Promise<ConnectionReport> {
  const { connection, signal, onEvent } = job;
  onEvent({ type: "connection_started", connection: connection.name });
  const streams: StreamReport[] = [];
  let error: ConnectionReport["error"] = null;
  try {
    await withEnds(job, async (ends) => {
      const { capabilities } = ends.kind;
      const [catalog, states] = await Promise.all([
        discoverStreams(ends.source, connection),
        statesOf(ends, connection),
      ]);
      const known = knownStreams(states);
      const lost: LostStream[] = [];
      const plans = selectStreams({ catalog, connection, capabilities, known, onLost: (one) => lost.push(one) });
      ends.destination.refuseStreams?.(plans.map(({ id }) => id));
      for (const one of lost) streams.push(reportLost(one, job));
      for (const plan of plans) {
        if (!signal.aborted) streams.push(await reportStream({ job, ends, plan, states, known }));
      }
    });
  } catch (thrown) {
    if (!signal.aborted) error = reportedError(errorRecord(thrown));
  }
  const status = signal.aborted ? "cancelled" : connectionStatus(streams, error);
  const report: ConnectionReport = { connection: connection.name, status, streams, error };
  onEvent({ type: "connection_finished", connection: connection.name, report });
  return report;
}

/** The report of a stream that is not begun: it is named after what the file says of it. */
function reportLost(lost: LostStream, { connection, onEvent }: ConnectionJob): StreamReport {
  const { id, options, error } = lost;
  const table = lost.schema === undefined ? lost.table : `${lost.schema}.${lost.table}`;
  const read = options.read ?? "full_refresh";
  const report: StreamReport = {
    stream: id,
    table,
    status: "failed",
    read_mode: read,
    write_mode: options.write ?? (read === "full_refresh" ? "overwrite" : "merge"),
    ...{ read: 0, written: 0, filtered: 0, deduplicated: 0, quarantined: 0, bytes: 0 },
    ...{ loads: [], drift: [], rules: [] },
    error: { stream: id, ...reportedError(errorRecord(error)) },
  };
  const names = { connection: connection.name, stream: id };
  onEvent({ type: "stream_started", ...names, table, estimatedRows: undefined, estimatedBytes: undefined });
  onEvent({ type: "stream_finished", ...names, report });
  return report;
}

interface OneStream {
  readonly job: ConnectionJob;
  readonly ends: Ends;
  readonly plan: StreamPlan;
  /** The connection's states as the run found them. */
  readonly states: readonly StateRow[];
  readonly known: KnownStreams;
}

async function reportStream(one: OneStream): Promise<StreamReport> {
  const { job, plan } = one;
  const tally = newTally();
  const table = plan.schema === undefined ? plan.table : `${plan.schema}.${plan.table}`;
  const { estimatedRows, estimatedBytes } = plan.stream;
  const names = { connection: job.connection.name, stream: plan.id };
  job.onEvent({ type: "stream_started", ...names, table, estimatedRows, estimatedBytes });
  let status: StreamReport["status"] = "succeeded";
  let error: StreamReport["error"] = null;
  try {
    await syncJudged(one, tally);
  } catch (thrown) {
    status = job.signal.aborted ? "cancelled" : "failed";
    error = job.signal.aborted ? null : { stream: plan.id, ...reportedError(errorRecord(thrown)) };
  }
  const { pending: _, rules, drift, deleted, discardedChildren, ...counts } = tally;
  const report: StreamReport = {
    stream: plan.id,
    table,
    status,
    read_mode: plan.read,
    write_mode: plan.write,
    ...counts,
    ...(plan.options.deletes === undefined ? {} : { deleted }),
    ...(discardedChildren === 0 ? {} : { child_rows_discarded: discardedChildren }),
    drift: drift.map(reportedDrift),
    rules: rulesInForce(plan).map(({ rule, action }) => ({ rule, failed: rules.get(rule) ?? 0, action })),
    error,
  };
  job.onEvent({ type: "stream_finished", ...names, report });
  return report;
}

/** Loads the stream, unless its table is new and the policy for tables says otherwise. */
async function syncJudged(one: OneStream, tally: Tally): Promise<void> {
  const { plan, job, ends, states } = one;
  const { name: connection } = job.connection;
  const { action, records } = judgeTable(plan, states);
  const run = streamRun(one, tally);
  for (const record of records) run.onDrift(record);
  // No load carries what leaves a stream out or stops it.
  const record = () => recordOnce(ends.destination, { schema: plan.schema, connection, stream: plan.id }, tally.drift);
  try {
    if (action === "load") return await syncTyped(one, { ...run, tableDrift: records });
    if (action === "stop") throw newTableError(plan, connection);
    await record();
  } catch (error) {
    if (error instanceof SluiceError && error.code === "drift.frozen") await record();
    throw error;
  }
}

/** Types inferred from a part of the values may prove too narrow: then the load is dropped, and all are looked at first. */
async function syncTyped(one: OneStream, run: StreamRun): Promise<void> {
  const { work = syncAndDelete } = one.job;
  try {
    await untilLearned(() => work({ ...one.ends, plan: one.plan, run }));
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === "type.mismatch")) throw error;
    const catalog = await one.ends.source.discover({ streams: [one.plan.id], inference: "exhaustive" });
    const { capabilities } = one.ends.kind;
    const [plan = one.plan] = selectStreams({
      catalog,
      connection: { ...one.job.connection, streams: [{ pattern: one.plan.id, options: one.plan.options }] },
      capabilities,
      known: one.known,
    });
    await untilLearned(() => work({ ...one.ends, plan, run: { ...run, inference: "exhaustive" } }));
  }
}

function streamRun({ job, ends, plan, known }: OneStream, tally: Tally): StreamRun {
  const { run, connection, signal, onEvent } = job;
  const names = { connection: connection.name, stream: plan.id };
  const { capabilities } = ends.kind;
  return {
    id: run.runId,
    connection: connection.name,
    commit: connection.commit,
    fullRefresh: connection.fullRefresh,
    naming: capabilities,
    scans: capabilities.scans,
    inference: "optimistic",
    batch: ends.budget.batch,
    parallelism: Math.min(availableParallelism(), 4),
    signal,
    saved: known.get(plan.id),
    learned: learnedBefore(connection.fullRefresh ? undefined : known.get(plan.id)),
    tableDrift: [],
    tally,
    workDir: ends.workDir,
    engine: ends.engine,
    onProgress() {
      const rows = tally.read + tally.pending.rows;
      onEvent({ type: "progress", ...names, rows, bytes: tally.bytes + tally.pending.bytes });
    },
    onCommit: (loadId, written) => onEvent({ type: "load_committed", ...names, loadId, written }),
    onDrift(record) {
      tally.drift.push(record);
      onEvent({ type: "drift", ...names, record });
    },
  };
}
