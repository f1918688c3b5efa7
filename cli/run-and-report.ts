import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Place } from "../core/project/problem.js";
import { recordRun } from "../core/store/record-run.js";
import type { StoreLocation } from "../core/store/store-location.js";
import type { AsideKind } from "../core/sync/aside.js";
import { type ConnectionPlan, defaultMaxMemoryBytes } from "../core/sync/plan.js";
import type { ReportedError, RunReport } from "../core/sync/report.js";
import { run } from "../core/sync/run.js";
import type { StreamWork } from "../core/sync/stream-work.js";
import type { Cli } from "./cli.js";
import { print, printDocument, remark } from "./output/print.js";
import { renderRecord } from "./output/render-error.js";
import { placed, withoutSecrets } from "./output/shown-error.js";
import { showProgress } from "./progress/show-progress.js";

export interface RunRequest {
  readonly projectDir: string;
  readonly connections: readonly ConnectionPlan[];
  readonly maxMemory: number | undefined;
  /** What is done with each stream; a sync where it is absent. */
  readonly work?: StreamWork;
  /** Ends the run's id, where it is no sync. */
  readonly kind?: AsideKind;
  /** Where the run is to be remembered; nowhere where it is absent. */
  readonly history?: StoreLocation;
  /** Where the user wrote what an error is about. */
  placeOf?(connection: string, error: ReportedError): Place | undefined;
}

/** Runs connections, shows how it goes, and says what came of it. Returns the exit code. */
export async function runAndReport(cli: Cli, request: RunRequest): Promise<number> {
  const progress = showProgress(cli);
  const plan = {
    runId: request.kind === undefined ? newRunId() : `${newRunId()}-${request.kind}`,
    projectDir: request.projectDir,
    connections: request.connections,
    maxMemoryBytes: request.maxMemory ?? defaultMaxMemoryBytes,
    registries: { sources: cli.sourcesModule, destinations: cli.destinations, sourceThread: cli.sourceThread },
  };
  const { signal } = cli.interruption;
  // Not before the run begins, which need not wait for it.
  const rendering = cli.options.quiet ? undefined : setImmediate().then(() => import("./output/render-report.js"));
  const recording = recordingOf(cli, request, plan.runId);
  const result = await run(plan, {
    signal,
    onEvent(event) {
      progress.onEvent(event);
      recording?.onEvent(event);
    },
    ...(request.work && { work: request.work }),
  }).finally(progress.end);
  const report = shownReport(result, request, cli);
  await recording?.end(report);
  printDocument(cli, report);
  const { isTTY, columns } = cli.stdout;
  const view = { progress: progress.streams(), paint: cli.paint, width: isTTY ? columns : undefined };
  if (rendering === undefined) tellErrors(cli, report);
  else print(cli, (await rendering).renderReport(report, view));
  return report.exit_code;
}

function recordingOf(cli: Cli, { projectDir, connections, history }: RunRequest, runId: string) {
  if (history === undefined) return undefined;
  return recordRun({
    ...{ projectDir, location: history, runId, connections: connections.map(({ name }) => name) },
    redact: cli.redactor.redact,
    warn: (message) => remark(cli, cli.paintErr.warn(message)),
  });
}

/** With --quiet errors are told all the same. */
function tellErrors(cli: Cli, { connections }: RunReport): void {
  if (cli.options.json) return;
  const errors = connections.flatMap(({ error, streams }) => [error, ...streams.map((stream) => stream.error)]);
  for (const error of errors) if (error !== null) cli.stderr.write(renderRecord(error, cli.paintErr));
}

/** A run's id: its start, for people, and enough chance to be the only one. */
function newRunId(): string {
  return `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z-${randomBytes(4).toString("hex")}`;
}

/** The report with the exit code that this process will have, and its errors as they are shown. */
function shownReport(report: RunReport, { placeOf }: RunRequest, { interruption, redactor }: Cli): RunReport {
  const shown = (connection: string, error: ReportedError | null) =>
    error && placed(withoutSecrets(error, redactor), placeOf?.(connection, error));
  return {
    ...report,
    exit_code: interruption.exitCode() ?? report.exit_code,
    connections: report.connections.map((one) => ({
      ...one,
      error: shown(one.connection, one.error),
      streams: one.streams.map((stream) => ({ ...stream, error: shown(one.connection, stream.error) })),
    })),
  };
}
