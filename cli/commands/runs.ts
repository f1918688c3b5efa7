import { hostname } from "node:os";
import { isLost, type Journal } from "../../core/store/journal.js";
import type { BegunRun, RunRecord } from "../../core/store/run-record.js";
import type { Store } from "../../core/store/store.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { openProject } from "../open-project.js";
import { print, printDocument } from "../output/print.js";
import { renderRun, renderRuns, runDocument, runSummary } from "../output/render-runs.js";
import { UsageError } from "../usage-error.js";
import { withHistory } from "../with-history.js";

export interface RunsInput {
  readonly connection?: string;
  readonly limit: number;
}

/** `sluice runs`: what ran, the newest first. */
export async function listRuns(cli: Cli, { connection, limit }: RunsInput): Promise<number> {
  const project = await openProject(cli);
  if (connection !== undefined) chooseConnections(project, { names: [connection], streams: [] });
  return withHistory(project, async ({ store, journal }) => {
    const ended = (await store?.runs({ limit, ...(connection === undefined ? {} : { connection }) })) ?? [];
    const open = openRuns(journal).filter(
      ({ connections }) => connection === undefined || connections.includes(connection),
    );
    const runs = [...open.map((run) => openSummary(run)), ...ended.map(runSummary)].slice(0, limit);
    printDocument(cli, { runs });
    print(cli, renderRuns(runs, cli.paint));
    return 0;
  });
}

/** `sluice runs show`: one run with its report and what happened on the way. A part of an id is enough. */
export async function showRun(cli: Cli, { id }: { readonly id: string }): Promise<number> {
  return withHistory(await openProject(cli), async ({ store, journal }) => {
    const open = openRuns(journal).find((run) => run.run_id === id);
    if (open !== undefined) {
      printDocument(cli, openSummary(open));
      print(cli, renderRuns([openSummary(open)], cli.paint));
      return 0;
    }
    const record = (await store?.run(id)) ?? (await onlyRunLike(store, id));
    printDocument(cli, runDocument(record));
    print(cli, renderRun(record, cli.paint));
    return 0;
  });
}

async function onlyRunLike(store: Store | undefined, part: string): Promise<RunRecord> {
  const known = ((await store?.runs({ limit: 1000 })) ?? []).map(({ report }) => report.run_id);
  const [only, ...others] = known.filter((id) => id.includes(part));
  const record = only !== undefined && others.length === 0 ? await store?.run(only) : undefined;
  if (record !== undefined) return record;
  throw new UsageError("usage.unknown_run", `there is no run '${part}'`, {
    hint:
      others.length > 0
        ? `it may be ${[only, ...others].slice(0, 5).join(", ")}`
        : `the latest are ${known.slice(0, 3).join(", ") || "none yet"}`,
  });
}

/** Runs that have told no end, the newest first. */
function openRuns(journal: Journal): BegunRun[] {
  return journal.begun().toSorted((a, b) => b.started_at.localeCompare(a.started_at));
}

function openSummary(run: BegunRun) {
  return {
    run_id: run.run_id,
    status: isLost(run, hostname()) ? ("lost" as const) : ("running" as const),
    exit_code: null,
    started_at: run.started_at,
    ended_at: null,
    user: run.origin.user,
    host: run.origin.host,
    connections: run.connections,
    ...{ read: null, written: null, filtered: null, deduplicated: null, quarantined: null, errors: [] },
  };
}
