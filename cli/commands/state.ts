import type { Project } from "../../core/project/load-project.js";
import type { StateChangeRecord } from "../../core/store/run-record.js";
import { loadState, saveState } from "../../core/sync/stream-state.js";
import type { LoadRow, StateRow } from "../../sdk/destination.js";
import type { Json } from "../../sdk/json.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { confirmed } from "../confirm.js";
import { type ConnectionStates, sourceState, stateOf, withStates } from "../connection-states.js";
import { openProject } from "../open-project.js";
import { print, printDocument } from "../output/print.js";
import { formatCount } from "../output/quantities.js";
import { changeDocument, renderChanges } from "../output/state-changes.js";
import { renderTable } from "../output/table.js";
import { rememberChange } from "../remember-change.js";
import { UsageError } from "../usage-error.js";
import { withHistory } from "../with-history.js";

export interface StateInput {
  readonly stream?: string;
}

export interface StateChange extends StateInput {
  readonly connection: string;
  readonly yes: boolean;
}

const loadsShown = 10;

/** `sluice state show`: the committed state of each stream, and the loads that led to it. */
export async function showState(
  cli: Cli,
  { connections, stream }: StateInput & { readonly connections: readonly string[] },
): Promise<number> {
  const project = await openProject(cli);
  const documents: object[] = [];
  const changes: StateChangeRecord[] = [];
  for (const connection of chooseConnections(project, { names: connections, streams: [] })) {
    await withStates(cli, project, connection, async ({ states, loads }) => {
      const shown = stream === undefined ? states : [stateOf({ states }, stream)];
      const history = loads.filter((load) => shown.some((state) => state.stream === load.stream));
      documents.push(...shown.map((state) => stateDocument(state, loads)));
      print(cli, `\n${cli.paint.bold(connection.name)}`);
      const own = await changesOf(project, connection.name);
      changes.push(...own.filter((change) => shown.some((state) => state.stream === change.stream)));
      print(cli, shown.length === 0 ? cli.paint.dim("  nothing is committed yet") : renderStates(shown, history, cli));
    });
  }
  printDocument(cli, { states: documents, changes: changes.map(changeDocument) });
  if (changes.length > 0) print(cli, `\n${renderChanges(changes, cli.paint)}`);
  return 0;
}

/** `sluice state set`: puts the source's part of a state; the columns and key that the table has are kept. */
export async function setState(
  cli: Cli,
  { json, ...change }: StateChange & { readonly json: string },
): Promise<number> {
  const value = parsedJson(json);
  return changeState(cli, change, "set", (row) => {
    const state = loadState(row.state);
    if (state === undefined)
      throw new UsageError("usage.no_state", `'${row.stream}' has no state yet`, { hint: "sync it first" });
    return {
      state: saveState({ ...state, source: value }),
      says: `the next sync goes on from ${JSON.stringify(value)}`,
    };
  });
}

/** `sluice state rewind`: puts the state that an earlier load reached. */
export async function rewindState(
  cli: Cli,
  { load, ...change }: StateChange & { readonly load: string },
): Promise<number> {
  return changeState(cli, change, "rewind", (row, { loads }) => {
    const own = loads.filter((one) => one.stream === row.stream);
    const found = own.find((one) => String(one.loadId) === load);
    if (found?.stateAfter !== undefined) return { state: found.stateAfter, says: `the state is that of load ${load}` };
    const known = own.slice(0, loadsShown).map((one) => one.loadId);
    throw new UsageError("usage.unknown_load", `'${row.stream}' has no load ${load}`, {
      hint: `its latest loads are ${known.join(", ")}`,
    });
  });
}

/** `sluice state reset`: forgets a state. */
export async function resetState(cli: Cli, change: StateChange): Promise<number> {
  return changeState(cli, change, "reset", () => ({
    state: undefined,
    says: "the next sync reads from the beginning",
  }));
}

type Decide = (row: StateRow, states: ConnectionStates) => { readonly state: Json | undefined; readonly says: string };

async function changeState(
  cli: Cli,
  { connection: name, stream, yes }: StateChange,
  action: string,
  decide: Decide,
): Promise<number> {
  const project = await openProject(cli);
  const [connection] = chooseConnections(project, { names: [name], streams: [] });
  return withStates(cli, project, connection!, async (states) => {
    const row = stateOf(states, stream);
    const { state, says } = decide(row, states);
    if (!(await confirmed(cli, `${name}, ${row.stream}: ${says}. Go on?`, yes))) return 5;
    await states.destination.putState({ schema: states.schema, connection: row.connection, stream: row.stream }, state);
    await rememberChange(cli, project, { action, row, after: state });
    printDocument(cli, { connection: row.connection, stream: row.stream, state: state ?? null });
    print(cli, `${cli.paint.good("✓")} ${row.stream}: ${says}`);
    return 0;
  });
}

/** What people did to the states of a connection, the newest first. */
async function changesOf(project: Project, connection: string): Promise<StateChangeRecord[]> {
  return withHistory(
    project,
    async ({ store }) => (await store?.stateChanges({ connection, limit: loadsShown })) ?? [],
  );
}

function parsedJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new UsageError("usage.invalid_json", `the state is not JSON: ${(error as Error).message}`, {
      hint: "quote it for the shell: '{\"…\": …}'",
    });
  }
}

function stateDocument(row: StateRow, loads: readonly LoadRow[]) {
  return {
    connection: row.connection,
    stream: row.stream,
    epoch: row.epoch,
    seq: row.seq,
    load_id: row.loadId ?? null,
    committed_at: row.committedAt?.toISOString() ?? null,
    state: sourceState(row),
    history: loads
      .filter((load) => load.stream === row.stream)
      .map((load) => ({
        load_id: load.loadId,
        run_id: load.runId,
        committed_at: load.committedAt.toISOString(),
        read: load.read,
        written: load.written,
        state_before: sourceState({ state: load.stateBefore }),
        state_after: sourceState({ state: load.stateAfter }),
      })),
  };
}

function renderStates(states: readonly StateRow[], loads: readonly LoadRow[], { paint }: Cli): string {
  const titles = ["stream", "committed", "load", "state"].map((title) => ({ title }));
  const rows = states.map((row) => [
    row.stream,
    shownTime(row.committedAt),
    String(row.loadId ?? ""),
    shortened(JSON.stringify(sourceState(row))),
  ]);
  const history = loads
    .slice(0, loadsShown)
    .map((load) => [
      paint.dim(String(load.loadId)),
      load.stream,
      shownTime(load.committedAt),
      formatCount(load.written),
      shortened(JSON.stringify(sourceState({ state: load.stateAfter }))),
    ]);
  const historyTitles = [
    { title: "load" },
    { title: "stream" },
    { title: "committed" },
    { title: "written", align: "right" as const },
    { title: "state after" },
  ];
  return `${renderTable(titles, rows, paint)}\n${renderTable(historyTitles, history, paint)}`;
}

function shownTime(time: Date | undefined): string {
  return time === undefined ? "" : time.toISOString().slice(0, 19).replace("T", " ");
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
