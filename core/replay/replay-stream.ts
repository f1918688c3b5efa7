import type { Batch } from "../../sdk/batch/batch.js";
import { pack } from "../../sdk/batch/pack.js";
import { errorRecord, SluiceError } from "../../sdk/errors.js";
import type { RowOrigin } from "../../sdk/messages.js";
import type { QuarantineRow } from "../../sdk/quarantine.js";
import { scalar } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { OpenSource } from "../../sdk/source.js";
import type { Aside } from "../sync/aside.js";
import { rewriteMode } from "../sync/rewrite-mode.js";
import type { StreamPlan } from "../sync/stream-plan.js";
import { type StreamJob, syncStream } from "../sync/sync-stream.js";
import { isOfDocument } from "../transform/mask-fingerprint.js";
import { quarantinePages } from "./quarantine-pages.js";
import { groupName, planReplay, type ReplayChoice, type ReplayGroup, type ReplayPlan } from "./replay-plan.js";
import { replayedRow } from "./replayed-row.js";
import { rereadRows } from "./reread-rows.js";
import { masksOf } from "./standing.js";

export interface Replay {
  readonly choice: ReplayChoice;
  /** Told what will be sent and what stays, before anything is. */
  onPlan(stream: string, plan: ReplayPlan): void;
  /** Told a row that today's columns do not hold: it stays. */
  onUnfit(stream: string, quarantineId: string, why: string): void;
  /** Told a row that was to be read again from the source, which does not give it: it stays. */
  onGone(stream: string, quarantineId: string): void;
}

/**
 * Sends quarantined rows again through today's transforms and rules into the table, beside the stream's own reading: each
 * is marked by the commit that takes it in, so that it is taken in once, whatever happens. Rows that are rejected again go
 * into the quarantine anew. What a later load wrote of the same key stays. Rows that were masked in another way than today are
 * read again from the source.
 */
export async function replayStream(job: StreamJob, replay: Replay): Promise<void> {
  const { plan, destination, run } = job;
  const planned = await planReplay(destination, plan, { connection: run.connection, choice: replay.choice });
  replay.onPlan(plan.id, planned);
  for (const group of planned.groups) await replayGroup(job, group, replay);
  if (planned.reread === undefined) return;
  await rereadRows(job, { choice: replay.choice, onGone: (id) => replay.onGone(plan.id, id) });
}

async function replayGroup(job: StreamJob, group: ReplayGroup, replay: Replay): Promise<void> {
  const { destination, run } = job;
  const plan = maskedPlan(job.plan, group);
  const taken: string[] = [];
  const aside: Aside = {
    writeMode: rewriteMode(plan) ?? "append",
    asOf: group.loadId,
    masks: group.masks,
    replayed: () => taken.splice(0),
  };
  const source: OpenSource = {
    ...job.source,
    async *read({ columns: names }) {
      const columns = names.map((name) => plan.stream.columns.find((column) => column.name === name)!);
      for await (const rows of pagesOf(job, group, replay.choice)) {
        const { batch, ids, origin } = packed(rows, columns, (id, why) => replay.onUnfit(plan.id, id, why));
        taken.push(...ids);
        if (batch.rows > 0) yield { type: "batch", batch, origin };
        yield { type: "checkpoint", state: null };
      }
    },
  };
  await syncStream({ plan, source, destination, run: { ...run, aside } });
}

/** The rows of a group, page by page. */
async function* pagesOf(
  { plan, destination, run }: StreamJob,
  { loadId, masks }: ReplayGroup,
  { ids, rule }: ReplayChoice,
): AsyncGenerator<readonly QuarantineRow[]> {
  const own = groupName(loadId, masks);
  const query = { schema: plan.schema, connection: run.connection, stream: plan.id, replayed: false };
  const pages = quarantinePages(destination, { ...query, ...(ids && { ids }), after: `${loadId}-0` });
  for await (const page of pages) {
    const rows = page.filter(
      (row) => groupName(row.loadId, masksOf(row)) === own && (rule === undefined || row.rule === rule),
    );
    if (rows.length > 0) yield rows;
    if (page.some((row) => row.loadId > loadId)) return;
  }
}

/** The plan with columns that come masked as the texts or documents they are, and neither cast nor masked again. */
function maskedPlan(plan: StreamPlan, { masks }: ReplayGroup): StreamPlan {
  const { rename = {}, cast = {}, mask = {} } = plan.rows.transforms;
  const done = new Set(Object.keys(masks).map((source) => rename[source] ?? source));
  const columnNames = new Set(plan.columns.map((source) => rename[source] ?? source));
  const columnOf = (name: string) => (columnNames.has(name) ? name : (name.split(".")[0] ?? name));
  const open = <Option>(options: Readonly<Record<string, Option>>) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => !done.has(columnOf(name))));
  const { filter } = plan.options;
  const columns = plan.stream.columns.map((column): Column => {
    const { native: _, ...plain } = column;
    if (!Object.hasOwn(masks, column.name)) return column;
    return { ...plain, type: scalar(isOfDocument(masks[column.name]) ? "json" : "string"), nullable: true };
  });
  return {
    ...plan,
    read: "full_refresh",
    stream: { ...plan.stream, columns },
    // What the source filtered by is judged here.
    rows: {
      ...plan.rows,
      transforms: { ...plan.rows.transforms, cast: open(cast), mask: open(mask), ...(filter && { filter }) },
    },
  };
}

interface Packed {
  readonly batch: Batch;
  readonly ids: readonly string[];
  /** Where the source has them. */
  readonly origin: readonly (RowOrigin | undefined)[];
}

/** Rows as one batch; those that do not fit are left out. */
function packed(
  rows: readonly QuarantineRow[],
  columns: readonly Column[],
  onUnfit: (id: string, why: string) => void,
): Packed {
  const wide = columns.map((column) => ({ ...column, nullable: true }));
  const fitting = rows.filter(({ quarantineId, row }) => {
    try {
      pack(wide, [replayedRow(row, wide)]);
      return true;
    } catch (error) {
      if (!(error instanceof SluiceError || error instanceof SyntaxError)) throw error;
      onUnfit(quarantineId, errorRecord(error).message);
      return false;
    }
  });
  const batch = pack(
    wide,
    fitting.map(({ row }) => replayedRow(row, wide)),
  );
  return { batch, ids: fitting.map(({ quarantineId }) => quarantineId), origin: fitting.map(originOf) };
}

/** The place that a row was rejected with. */
function originOf({ sourcePosition }: QuarantineRow): RowOrigin | undefined {
  const { file, row } = (sourcePosition ?? {}) as Partial<RowOrigin>;
  return file === undefined ? undefined : { file, ...(row === undefined ? {} : { row }) };
}
