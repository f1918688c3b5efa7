import { parseDuration } from "../../core/project/duration.js";
import { quarantinePages } from "../../core/replay/quarantine-pages.js";
import { waitingSince } from "../../core/replay/waiting-since.js";
import type { OpenDestination } from "../../sdk/destination.js";
import type { QuarantineRow } from "../../sdk/quarantine.js";
import { chooseConnections } from "../choose-connections.js";
import type { Cli } from "../cli.js";
import { confirmed } from "../confirm.js";
import { openProject } from "../open-project.js";
import { print, printDocument } from "../output/print.js";
import { counted } from "../output/quantities.js";
import { quarantineDocument, renderQuarantinedRow, renderQuarantineSummary } from "../output/render-quarantine.js";
import { UsageError } from "../usage-error.js";
import { withDestination } from "../with-connector.js";

export interface QuarantineInput {
  readonly connection: string;
  readonly stream?: string;
}

/** `sluice quarantine list`: how many rows each rule rejected, and the newest of them. */
export async function listQuarantine(
  cli: Cli,
  { limit, all, ...input }: QuarantineInput & { readonly limit: number; readonly all: boolean },
): Promise<number> {
  return withQuarantine(cli, input, async ({ destination, query }) => {
    const groups = new Map<string, { stream: string; rule: string; rows: number }>();
    const newest: QuarantineRow[] = [];
    const isOpen = all ? () => true : await openRows(destination, query);
    for await (const every of quarantinePages(destination, all ? query : { ...query, replayed: false })) {
      const page = every.filter(isOpen);
      for (const row of page) {
        const name = JSON.stringify([row.stream, row.rule]);
        const group = groups.get(name) ?? { stream: row.stream, rule: row.rule, rows: 0 };
        groups.set(name, { ...group, rows: group.rows + 1 });
      }
      newest.push(...page);
      newest.splice(0, Math.max(0, newest.length - limit));
    }
    const rules = [...groups.values()].sort((a, b) => b.rows - a.rows);
    printDocument(cli, { connection: input.connection, rules, rows: newest.toReversed().map(quarantineDocument) });
    print(cli, renderQuarantineSummary({ rules, newest: newest.toReversed() }, cli.paint));
    return 0;
  });
}

/** Whether a row still waits: only what was rejected since its stream was read from the beginning does. */
async function openRows(
  destination: OpenDestination,
  { schema, connection }: Quarantine["query"],
): Promise<(row: QuarantineRow) => boolean> {
  const states = await destination.states(schema);
  const names = states.filter((state) => state.connection === connection).map(({ stream }) => stream);
  const since = new Map(names.map((stream) => [stream, waitingSince(states, { connection, stream })]));
  return ({ stream, loadId }) => loadId >= (since.get(stream) ?? 0);
}

/** `sluice quarantine show`: rejected rows whole. */
export async function showQuarantine(
  cli: Cli,
  { ids, ...input }: QuarantineInput & { readonly ids: readonly string[] },
): Promise<number> {
  return withQuarantine(cli, input, async ({ destination, query }) => {
    const rows = await rowsOf({ destination, query }, ids);
    printDocument(cli, { rows: rows.map(quarantineDocument) });
    for (const row of rows) print(cli, renderQuarantinedRow(row, cli.paint));
    return 0;
  });
}

/** @throws UsageError for an id that the quarantine does not have, replayed or not */
export async function requireQuarantined(cli: Cli, input: QuarantineInput, ids: readonly string[]): Promise<void> {
  await withQuarantine(cli, input, async (quarantine) => {
    await rowsOf(quarantine, ids);
    return 0;
  });
}

async function rowsOf({ destination, query }: Quarantine, ids: readonly string[]): Promise<readonly QuarantineRow[]> {
  const rows = await destination.quarantined({ ...query, ids, limit: ids.length });
  const missing = ids.filter((id) => !rows.some(({ quarantineId }) => quarantineId === id));
  if (missing.length === 0) return rows;
  throw new UsageError("usage.unknown_quarantine_id", `there is no quarantined row ${missing.join(", ")}`, {
    hint: "`sluice quarantine list` names them",
  });
}

export interface PurgeInput extends QuarantineInput {
  /** A time, or a duration before now. */
  readonly before?: string;
  readonly replayed: boolean;
  readonly yes: boolean;
}

/** `sluice quarantine purge`: removes rejected rows for good. */
export async function purgeQuarantine(cli: Cli, { before, replayed, yes, ...input }: PurgeInput): Promise<number> {
  return withQuarantine(cli, input, async ({ destination, query }) => {
    const what = `${replayed ? "replayed rows" : "rows"}${before === undefined ? "" : ` from before ${before}`}`;
    const question = `${input.connection}: remove quarantined ${what} for good?`;
    if (!(await confirmed(cli, question, yes))) return 5;
    const removed = await destination.purgeQuarantine({
      ...query,
      ...(before === undefined ? {} : { before: timeOf(before) }),
      replayedOnly: replayed,
    });
    printDocument(cli, { connection: input.connection, removed });
    print(cli, `${cli.paint.good("✓")} ${counted(removed, "row")} removed`);
    return 0;
  });
}

interface Quarantine {
  readonly destination: OpenDestination;
  /** What the command line asks for. */
  readonly query: { readonly schema: string | undefined; readonly connection: string; readonly stream?: string };
}

async function withQuarantine(
  cli: Cli,
  { connection: name, stream }: QuarantineInput,
  use: (quarantine: Quarantine) => Promise<number>,
): Promise<number> {
  const project = await openProject(cli);
  const [connection] = chooseConnections(project, { names: [name], streams: [] });
  const end = { plan: connection!.destination, projectDir: project.dir };
  return withDestination(cli, end, (destination, { capabilities }) => {
    const schema = connection!.schema ?? capabilities.defaultSchema;
    return use({ destination, query: { schema, connection: name, ...(stream === undefined ? {} : { stream }) } });
  });
}

function timeOf(text: string): Date {
  const time = new Date(text);
  if (/^\d{4}-/.test(text) && !Number.isNaN(time.getTime())) return time;
  try {
    return new Date(Date.now() - parseDuration(text));
  } catch {
    throw new UsageError("usage.time", `'${text}' is no time`, {
      hint: "2026-01-31, 2026-01-31T12:00Z, or an age: 30d",
    });
  }
}
