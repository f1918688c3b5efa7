import { errorRecord } from "../../sdk/errors.js";
import { discoverStreams } from "../sync/discover-streams.js";
import { type ConnectionJob, withEnds } from "../sync/ends.js";
import { type ReportedError, reportedError } from "../sync/report.js";
import { knownStreams, statesOf } from "../sync/saved-states.js";
import { type LostStream, selectStreams } from "../sync/select-streams.js";
import { type StreamFinding, verifyStream } from "./verify-stream.js";

/** What was found of one stream. */
export interface StreamVerdict {
  readonly stream: string;
  readonly schema: string | undefined;
  readonly table: string;
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
    const { capabilities } = ends.kind;
    const lost: LostStream[] = [];
    const plans = selectStreams({ catalog, connection, capabilities, known, onLost: (one) => lost.push(one) });
    const verdicts = lost.map(({ error, ...one }) => failed(one, error));
    for (const plan of plans) {
      try {
        const finding = await verifyStream({ connection: connection.name, plan, ends, mostKeys, signal });
        verdicts.push({ ...named(plan), status: statusOf(finding), finding, error: null });
      } catch (thrown) {
        signal.throwIfAborted();
        verdicts.push(failed(plan, thrown));
      }
    }
    return verdicts;
  });
}

type Named = Pick<LostStream, "id" | "schema" | "table">;

function named({ id, schema, table }: Named): Pick<StreamVerdict, "stream" | "schema" | "table"> {
  return { stream: id, schema, table };
}

function failed(one: Named, thrown: unknown): StreamVerdict {
  const error = { stream: one.id, ...reportedError(errorRecord(thrown)) };
  return { ...named(one), status: "failed", finding: undefined, error };
}

function statusOf(finding: StreamFinding | undefined): StreamVerdict["status"] {
  if (finding === undefined) return "not_loaded";
  const isSame = [finding, ...finding.children].every(({ counts: { pending: _, ...others } }) =>
    Object.values(others).every((rows) => rows === 0),
  );
  return isSame ? "same" : "different";
}
