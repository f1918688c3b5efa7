import type { SchemaChange, StateRow, Target } from "../../sdk/destination.js";
import type { DriftRecord } from "../../sdk/drift-record.js";
import { errorRecord, SluiceError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { ChildTable } from "../nested/child-tables.js";
import type { Learned } from "../nested/learned.js";
import { targetColumn } from "../schema/known-column.js";
import { brokenIfAccepted, brokenViews } from "./broken-views.js";
import { discoverStreams } from "./discover-streams.js";
import { type ConnectionJob, withEnds } from "./ends.js";
import { whyFromBeginning } from "./from-beginning.js";
import { type Guarantee, guaranteeOf } from "./guarantee.js";
import { withKnownColumns } from "./inferred-columns.js";
import { learnFirstRows } from "./learn-first-rows.js";
import { learnedBefore } from "./learned-columns.js";
import { type LikelyRename, likelyRenames } from "./likely-renames.js";
import type { Ends } from "./opened-ends.js";
import { type PreparedStream, prepareStream } from "./prepare-stream.js";
import { previewStatements } from "./preview-statements.js";
import { refuseUnsafe, type TableFacts } from "./refuse-unsafe.js";
import { type ReportedError, reportedError } from "./report.js";
import { knownStreams, statesOf } from "./saved-states.js";
import { type LostStream, selectStreams } from "./select-streams.js";
import { firstShape, refuseFrozen } from "./shape.js";
import { allShapes, firstShapes, recordsOf } from "./shapes.js";
import { type StreamPlan, selectedColumns } from "./stream-plan.js";
import { judgeTable, newTableError } from "./table-drift.js";
import { childrenOf, targetOf, writeModeOf } from "./target.js";

/** What a sync of one stream would do. */
export interface StreamPreview {
  readonly plan: StreamPlan;
  readonly target: Target;
  /** The committed state it would go on from; undefined: from the beginning. */
  readonly state: StateRow | undefined;
  /** The tables that its nested lists go to. */
  readonly children: readonly ChildTable[];
  /** The columns the table will have. */
  readonly columns: readonly Column[];
  /** A new or rebuilt table; otherwise `changes` are made to the one there is. */
  readonly creates: boolean;
  readonly changes: readonly SchemaChange[];
  /**
   * The statements that make or alter the table and its children, as the destination runs them; empty where nothing changes, a rebuilt
   * table with the columns it had included. Undefined where the destination has no such language.
   */
  readonly statements: readonly string[] | undefined;
  /** Why it is read from the beginning; undefined where it goes on from its state. */
  readonly rereads: string | undefined;
  readonly guarantee: Guarantee;
  /** Changes at the source, and what would be decided about them. */
  readonly drift: readonly DriftRecord[];
  /** Views at the destination that the changes would break, or that would stop them; of a stream that stops, if they were accepted. */
  readonly views: readonly string[];
  /** Columns that are likely to be others under new names; made so only where somebody confirms it. */
  readonly renames: readonly LikelyRename[];
  /** Why the stream would stop. */
  readonly error: ReportedError | null;
}

/** What a sync of a connection would do, stream by stream. */
export interface PreviewedStreams {
  readonly streams: readonly StreamPreview[];
  /** Streams that would stop before they begin. */
  readonly lost: readonly LostStream[];
}

/** What a sync of a connection would do; nothing is changed. Throws what would stop the whole connection. */
export async function previewConnection(job: ConnectionJob): Promise<PreviewedStreams> {
  return withEnds(job, async (ends) => {
    const { connection } = job;
    const [catalog, states] = await Promise.all([discoverStreams(ends.source, connection), statesOf(ends, connection)]);
    const lost: LostStream[] = [];
    const { capabilities } = ends.kind;
    const plans = selectStreams({
      catalog,
      connection,
      capabilities,
      known: knownStreams(states),
      onLost: (one) => lost.push(one),
    });
    ends.destination.refuseStreams?.(plans.map(({ id }) => id));
    const streams: StreamPreview[] = [];
    for (const plan of plans) {
      try {
        streams.push(await previewStream({ plan, states, ends, job }));
      } catch (error) {
        if (!(error instanceof LostKey)) throw error;
        lost.push({ ...plan, error: error.cause });
      }
    }
    return { streams, lost };
  });
}

/** A stream whose rows no longer have the key or the cursor of its table. */
class LostKey extends Error {
  constructor(override readonly cause: SluiceError) {
    super(cause.message);
  }
}

interface OneStream {
  readonly plan: StreamPlan;
  /** The connection's own. */
  readonly states: readonly StateRow[];
  readonly ends: Ends;
  readonly job: ConnectionJob;
}

async function previewStream({ plan: selected, states, ends, job }: OneStream): Promise<StreamPreview> {
  const { name: connection, fullRefresh } = job.connection;
  const saved = knownStreams(states).get(selected.id);
  const run = { connection, fullRefresh, saved, naming: ends.kind.capabilities };
  const plan = withKnownColumns(selected, run);
  const learned = learnedBefore(fullRefresh ? undefined : saved);
  const { prepared, error } = await preparedOrError({ plan, ends, learned, signal: job.signal });
  const own = firstShape({ plan, prepared, run, saved });
  const target = knownTarget({ plan, shape: own, saved, writeMode: writeModeOf(plan, run), connection }, () =>
    targetOf(plan, prepared.rows, own.columns, run),
  );
  const children = childrenOf(plan, target, run.naming);
  const shapes = firstShapes({ plan, prepared, saved, run, target, children });
  const shape = shapes.own;
  const table = judgeTable(plan, states);
  const { destination } = ends;
  const isFrozen = shape.refusals.length > 0;
  const facts = { plan, prepared, run, saved, destination, target };
  const views = isFrozen ? await brokenIfAccepted(facts) : await brokenViews(shape, facts);
  const refuse = () => {
    if (table.action === "stop") throw newTableError(plan, connection);
    refuseUnsafe({ plan, shape, saved, writeMode: target.writeMode, connection });
    for (const one of allShapes(shapes)) refuseFrozen(one, plan, { connection, views });
  };
  const stops = error ?? thrownBy(refuse);
  const drift = [...table.records, ...recordsOf(shapes)];
  const columns = shape.columns.map(targetColumn);
  const creates = saved === undefined || target.writeMode === "overwrite";
  return {
    plan,
    target,
    state: states.find(({ stream }) => stream === plan.id),
    columns,
    creates,
    changes: shape.changes,
    children,
    statements:
      stops !== null || table.action !== "load"
        ? []
        : await previewStatements({ destination, target, children, shapes, saved }),
    rereads: whyFromBeginning({ plan, target, saved, fullRefresh }),
    guarantee: guaranteeOf(plan, target),
    drift,
    views: table.action === "load" ? views : [],
    renames: await likelyRenames({ plan, prepared, saved, target, ends, signal: job.signal }),
    error: stops,
  };
}

interface ToPrepare {
  readonly plan: StreamPlan;
  readonly ends: Pick<Ends, "source" | "engine">;
  readonly learned: Learned;
  readonly signal: AbortSignal;
}

/** What the transforms make of the rows; where they cannot be compiled, the rows as they come, and why. */
async function preparedOrError({
  plan,
  ends: { source, engine },
  learned,
  signal,
}: ToPrepare): Promise<{ prepared: PreparedStream; error: ReportedError | null }> {
  try {
    await learnFirstRows({ plan, source, engine, learned, signal });
    return { prepared: await prepareStream(plan, selectedColumns(plan), engine, learned), error: null };
  } catch (error) {
    const plain = { ...plan, rows: { transforms: {}, rules: [] } };
    const prepared = await prepareStream(plain, selectedColumns(plan), engine);
    return { prepared, error: reportedError(errorRecord(error)) };
  }
}

/** @throws LostKey where the source has changed so much that there is no target */
function knownTarget(facts: TableFacts, find: () => Target): Target {
  try {
    return find();
  } catch (error) {
    if (facts.saved === undefined) throw error;
    try {
      refuseUnsafe(facts);
    } catch (unsafe) {
      if (unsafe instanceof SluiceError) throw new LostKey(unsafe);
    }
    throw error;
  }
}

function thrownBy(step: () => void): ReportedError | null {
  try {
    step();
    return null;
  } catch (error) {
    return reportedError(errorRecord(error));
  }
}
