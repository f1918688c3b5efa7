import { errorRecord } from "../../sdk/errors.js";
import { discoverStreams } from "../sync/discover-streams.js";
import { type ConnectionJob, withEnds } from "../sync/ends.js";
import { type ReportedError, reportedError } from "../sync/report.js";
import { knownStreams, statesOf } from "../sync/saved-states.js";
import { type StreamPlan, selectStreams } from "../sync/select-streams.js";
import { type StreamFinding, verifyStream } from "./verify-stream.js";

/** What was found of one stream. */
export interface StreamVerdict {
  readonly plan: StreamPlan;
  readonly status: "same" | "different" | "not_loaded" | "failed";
  readonly finding: StreamFinding | undefined;
  readonly error: ReportedError | null;
}

/** Compares every stream of a connection with its tables; nothing is changed. Throws what stops the whole connection. */
export async function verifyConnection(job: ConnectionJob, mostKeys: number): Promise<StreamVerdict[]> {
  const { connection, signal } = job;
  return withEnds(job, async (ends) => {
    const [catalog, states] = await Promise.all([discoverStreams(ends.source, connection), statesOf(ends, connection)]);
    const known = knownStreams(states);
    const verdicts: StreamVerdict[] = [];
    for (const plan of selectStreams(catalog, connection, ends.kind.capabilities, known)) {
      try {
        const finding = await verifyStream({ connection: connection.name, plan, ends, mostKeys, signal });
        verdicts.push({ plan, status: statusOf(finding), finding, error: null });
      } catch (thrown) {
        signal.throwIfAborted();
        const error = { stream: plan.id, ...reportedError(errorRecord(thrown)) };
        verdicts.push({ plan, status: "failed", finding: undefined, error });
      }
    }
    return verdicts;
  });
}

function statusOf(finding: StreamFinding | undefined): StreamVerdict["status"] {
  if (finding === undefined) return "not_loaded";
  const isSame = [finding, ...finding.children].every(({ counts: { pending: _, ...others } }) =>
    Object.values(others).every((rows) => rows === 0),
  );
  return isSame ? "same" : "different";
}
