import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Commit, errorRecord } from "../../sdk/index.js";
import { cleanUp } from "./cleanup.js";
import { driftReport, newestDrift } from "./drift-report.js";
import type { Duck } from "./duck.js";
import { replaceFile } from "./durable.js";
import { loadsFolder, type TableFolder, viewFile } from "./layout.js";
import { loadsReport, newestLoads } from "./loads-report.js";
import { checkpointLog } from "./log/commit-log.js";
import type { Snapshot } from "./log/snapshot.js";
import { linkQuarantine } from "./quarantine-links.js";
import { reportIsFresh, writeReport } from "./report-file.js";
import type { Session } from "./session.js";
import { childTables, tableView } from "./table-view.js";
import type { Hold } from "./take-over.js";
import { writeViews } from "./views-file.js";

/**
 * What is made from the log for people: the views, the ledger as Parquet, and the log's checkpoint. The commit stands
 * before and without them, so their failure is only told; the next run makes them again.
 */
export async function publishReports(
  session: Session,
  folder: TableFolder,
  snapshot: Snapshot,
  { hold, commit, duck }: { readonly hold: Hold; readonly commit: Commit; readonly duck: Duck },
): Promise<void> {
  const origin = { loadId: commit.loadId, connection: hold.connection, stream: hold.stream };
  const row = {
    ...commit.ledger,
    ...origin,
    tableName: folder.table,
    committedAt: new Date(snapshot.at!),
    stateAfter: commit.state,
  };
  await told(session, folder, async () => {
    if (session.config.keep_replaced === 0) await cleanUp(folder, snapshot, hold, 0);
    await checkpointLog(folder.log, snapshot);
    const decided = commit.drift.map((record) => ({ ...record, ...origin, decidedAt: new Date(snapshot.at!) }));
    await writeReport(session.root, folder, duck, driftReport(decided), true);
    await linkQuarantine(session.root, folder, snapshot);
    // Last of the three: where it is fresh, the others are.
    await writeReport(session.root, folder, duck, loadsReport([row]), true);
    await writeTableView(session, folder, snapshot);
  });
}

/** Makes what a killed run left unmade after its last commit. */
export async function repairReports(
  session: Session,
  folder: TableFolder,
  snapshot: Snapshot,
  duck: () => Promise<Duck>,
): Promise<void> {
  const committed = Object.values(snapshot.streams).flatMap(({ committed_at }) => committed_at ?? []);
  const last = committed.sort().at(-1);
  if (last === undefined) return;
  await told(session, folder, async () => {
    if (!(await reportIsFresh(session.root, folder, loadsFolder, last))) {
      const drift = await newestDrift(folder.log, Number.POSITIVE_INFINITY);
      if (drift.length > 0) await writeReport(session.root, folder, await duck(), driftReport(drift), false);
      await linkQuarantine(session.root, folder, snapshot);
      const loads = await newestLoads(folder.log, Number.POSITIVE_INFINITY);
      if (loads.length > 0) await writeReport(session.root, folder, await duck(), loadsReport(loads), false);
    }
    const view = await stat(join(folder.root, viewFile)).catch(() => undefined);
    if (view === undefined || view.mtimeMs < Date.parse(last)) await writeTableView(session, folder, snapshot);
  });
}

async function writeTableView(session: Session, folder: TableFolder, snapshot: Snapshot): Promise<void> {
  // Last: where it is fresh, those of the child tables are.
  for (const child of [...childTables({ folder: folder.root, snapshot }), { folder: folder.root, snapshot }]) {
    await replaceFile(join(child.folder, viewFile), tableView(child));
  }
  await writeViews(session.root);
}

async function told(session: Session, folder: TableFolder, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, message } = errorRecord(error);
    session.context.log("warn", "the views and the ledger beside the data could not be written; the data stands", {
      table: folder.root,
      code,
      message,
    });
  }
}
