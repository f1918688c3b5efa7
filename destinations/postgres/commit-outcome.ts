import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../../sdk/destination.js";
import { SluiceError, TransientError } from "../../sdk/errors.js";
import { loadStands } from "./ledger.js";
import type { Session } from "./session.js";

/** Waits between attempts to reach the server again, in ms: about half a minute in all. */
const pauses = [0, 200, 500, 1000, 2000, 4000, 8000, 15_000];

interface LostCommit {
  readonly target: Target;
  readonly schema: string;
  readonly loadId: number;
  readonly cause: unknown;
}

/**
 * Finds out what became of a COMMIT whose answer was lost. The old server process is ended first: until it is gone, it
 * might still commit. Returns if the load stands.
 * @throws TransientError `commit.not_applied` or `commit.unknown`
 */
export async function resolveCommit(session: Session, { target, schema, loadId, cause }: LostCommit): Promise<void> {
  const before = session.process;
  for (const pause of pauses) {
    await sleep(pause);
    try {
      await session.reconnect();
      await endProcess(session, before);
      if (await loadStands(session, schema, target, loadId)) return;
    } catch (error) {
      if (error instanceof SluiceError && error.kind === "transient") continue;
      break;
    }
    throw new TransientError(
      "commit.not_applied",
      `${target.stream}: the connection was lost and load ${loadId} was not committed`,
      {
        stream: target.stream,
        cause,
        hint: "nothing of the load stands: the next run goes on from the state before it",
      },
    );
  }
  throw new TransientError(
    "commit.unknown",
    `${target.stream}: the connection was lost while load ${loadId} was committed`,
    {
      stream: target.stream,
      cause,
      hint: "the next run finds out whether it stands and goes on from there",
    },
  );
}

async function endProcess(session: Session, { pid, startedAt }: Session["process"]): Promise<void> {
  const alive = () =>
    session.rows(
      `select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where pid = $1 and backend_start = $2::timestamptz`,
      [pid, startedAt],
    );
  for (let attempt = 0; (await alive()).length > 0; attempt++) {
    if (attempt === 100) throw new TransientError("commit.unknown", `server process ${pid} does not end`);
    await sleep(50);
  }
}
