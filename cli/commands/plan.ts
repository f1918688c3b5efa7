import { defaultMaxMemoryBytes } from "../../core/sync/plan.js";
import { previewConnection, type StreamPreview } from "../../core/sync/preview.js";
import { type ReportedError, reportedError } from "../../core/sync/report.js";
import { loadState } from "../../core/sync/stream-state.js";
import type { SchemaChange } from "../../sdk/destination.js";
import { errorRecord } from "../../sdk/errors.js";
import { formatType } from "../../sdk/schema/column-type.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { exitCodeOfParts } from "../exit-code.js";
import { openProject } from "../open-project.js";
import { print, printDocument } from "../output/print.js";
import { formatCount } from "../output/quantities.js";
import { renderRecord } from "../output/render-error.js";

export interface PlanInput {
  readonly connections: readonly string[];
  readonly stream: readonly string[];
  readonly fullRefresh: boolean;
}

interface ConnectionPreview {
  readonly connection: string;
  readonly streams: readonly StreamPreview[];
  readonly error: ReportedError | null;
}

/** `sluice plan`: what a sync would do. Nothing is changed. */
export async function plan(cli: Cli, { connections, stream, fullRefresh }: PlanInput): Promise<number> {
  const project = await openProject(cli);
  const previews: ConnectionPreview[] = [];
  for (const connection of chooseConnections(project, { names: connections, streams: stream })) {
    const run = {
      runId: "plan",
      projectDir: project.dir,
      maxMemoryBytes: defaultMaxMemoryBytes,
      registries: { sources: cli.sourcesModule, destinations: cli.destinations },
    };
    const job = { run, connection: { ...connection, fullRefresh }, signal: cli.interruption.signal, onEvent() {} };
    previews.push(await previewed(job));
  }
  printDocument(cli, { connections: previews.map(connectionDocument) });
  for (const preview of previews) print(cli, cli.redactor.redact(renderConnection(preview, cli)));
  return exitCodeOfParts(previews.flatMap(({ error, streams }) => [error, ...streams.map((one) => one.error)]));
}

async function previewed(job: Parameters<typeof previewConnection>[0]): Promise<ConnectionPreview> {
  const connection = job.connection.name;
  try {
    return { connection, streams: await previewConnection(job), error: null };
  } catch (error) {
    job.signal.throwIfAborted();
    return { connection, streams: [], error: reportedError(errorRecord(error)) };
  }
}

function connectionDocument({ connection, streams, error }: ConnectionPreview) {
  return {
    connection,
    streams: streams.map((preview) => ({
      stream: preview.plan.id,
      table: tableOf(preview),
      read_mode: preview.plan.read,
      write_mode: preview.target.writeMode,
      primary_key: preview.target.primaryKey,
      cursor: preview.plan.cursorField ?? null,
      from_state: fromState(preview),
      ddl: ddlOf(preview),
      estimated_rows: preview.plan.stream.estimatedRows ?? null,
      error: preview.error,
    })),
    error,
  };
}

/** The source's saved state that the read goes on from; null: from the beginning. */
function fromState({ plan, state, target }: StreamPreview) {
  const saved = loadState(state?.state);
  const wholeOnly = target.writeMode === "overwrite" || (target.writeMode === "scd2" && target.fullRefresh);
  const goesOn = saved?.read === plan.read && (plan.read !== "full_refresh" || !saved.complete);
  if (!goesOn || wholeOnly) return null;
  return {
    load_id: state?.loadId ?? null,
    committed_at: state?.committedAt?.toISOString() ?? null,
    state: saved.source ?? null,
  };
}

function tableOf({ plan, target }: StreamPreview): string {
  return plan.schema === undefined ? target.table : `${plan.schema}.${target.table}`;
}

/** What happens to the table, in the words of DDL and the types of Sluice. */
function ddlOf(preview: StreamPreview): string[] {
  if (!preview.creates) return preview.changes.map((change) => `alter table ${tableOf(preview)} ${changeText(change)}`);
  const key = preview.target.primaryKey;
  const columns = preview.columns.map(
    ({ name, type, nullable }) => `${name} ${formatType(type)}${nullable ? "" : " not null"}`,
  );
  const lines = [...columns, ...(key.length > 0 ? [`primary key (${key.join(", ")})`] : [])];
  const verb = preview.state === undefined ? "create table" : "rebuild table";
  return preview.columns.length === 0 ? [] : [`${verb} ${tableOf(preview)} (${lines.join(", ")})`];
}

function changeText(change: SchemaChange): string {
  switch (change.type) {
    case "add_column":
      return `add column ${change.column.name} ${formatType(change.column.type)}`;
    case "widen_column":
      return `alter column ${change.column} type ${formatType(change.to)}  (was ${formatType(change.from)})`;
    case "allow_null":
      return `alter column ${change.column} drop not null`;
  }
}

function renderConnection({ connection, streams, error }: ConnectionPreview, { paint }: Cli): string {
  const title = `\n${paint.bold(connection)}\n`;
  if (error !== null) return `${title}${renderRecord(error, paint)}`;
  return title + streams.map((preview) => renderStream(preview, paint)).join("");
}

function renderStream(preview: StreamPreview, paint: Cli["paint"]): string {
  const { plan, target } = preview;
  const from = fromState(preview);
  const rows = plan.stream.estimatedRows;
  const key = target.primaryKey.length > 0 ? ` by ${target.primaryKey.join(", ")}` : "";
  const cursor = plan.read === "incremental" && plan.cursorField !== undefined ? ` by ${plan.cursorField}` : "";
  const facts = [
    ["read", `${plan.read}${cursor}${rows === undefined ? "" : paint.dim(`  about ${formatCount(rows)} rows in all`)}`],
    [
      "from",
      from === null ? "the beginning" : `${JSON.stringify(from.state)}${paint.dim(`  ${from.committed_at ?? ""}`)}`,
    ],
    ["write", `${target.writeMode}${target.writeMode === "merge" || target.writeMode === "scd2" ? key : ""}`],
    ...ddlOf(preview).map((ddl) => ["ddl", ddl]),
  ];
  return [
    `\n  ${paint.accent(plan.id)} → ${paint.accent(tableOf(preview))}`,
    ...facts.map(([name = "", value = ""]) => `    ${paint.dim(name.padEnd(6))}${value}`),
    ...(preview.error === null ? [] : [renderRecord(preview.error, paint).trimEnd().replaceAll(/^/gm, "    ")]),
    "",
  ].join("\n");
}
