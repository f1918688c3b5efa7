import type { Batch } from "../../sdk/batch/batch.js";
import { valueText } from "../../sdk/batch/value-text.js";
import { isNull } from "../../sdk/batch/vector.js";
import type { BatchMessage } from "../../sdk/messages.js";
import type { QuarantineRow } from "../../sdk/quarantine.js";
import type { OpenSource, Predicate, ReadRequest } from "../../sdk/source.js";
import { rowKey } from "../quality/row-key.js";
import { keyFilters } from "../repair/key-filters.js";
import { rewriteMode } from "../sync/rewrite-mode.js";
import { type StreamJob, syncStream } from "../sync/sync-stream.js";
import { chosenRows, type ReplayChoice } from "./replay-plan.js";

interface Reread {
  readonly choice: ReplayChoice;
  /** Told a row that the source does not give again: it stays. */
  onGone(quarantineId: string): void;
}

/** How many rows are asked for at once. */
const rowsAtOnce = 1000;

/**
 * Reads quarantined rows again from the source, by their keys, where they cannot be sent as they are: each is marked by the
 * commit that takes in what the source has of it now.
 */
export async function rereadRows(job: StreamJob, { choice, onGone }: Reread): Promise<void> {
  const { plan, destination, run } = job;
  const taken: string[] = [];
  const source: OpenSource = {
    ...job.source,
    async *read(request) {
      for await (const rows of pagesOf(job, choice)) {
        const waiting = new Map<string, string[]>();
        const keys: Key[] = [];
        for (const row of rows) {
          const key = rowKey(row.row, plan.primaryKey);
          const ids = waiting.get(nameOf(key)) ?? [];
          if (ids.push(row.quarantineId) === 1) keys.push(key);
          waiting.set(nameOf(key), ids);
        }
        for (const filter of keyFilters(plan.primaryKey, keys)) {
          for await (const message of batchesOf(job.source, request, filter)) {
            for (const name of namesIn(message.batch, plan.primaryKey)) {
              taken.push(...(waiting.get(name) ?? []));
              waiting.delete(name);
            }
            yield message;
          }
        }
        for (const id of [...waiting.values()].flat()) onGone(id);
        yield { type: "checkpoint", state: null };
      }
    },
  };
  const aside = { writeMode: rewriteMode(plan)!, replayed: () => taken.splice(0) };
  await syncStream({ plan: { ...plan, read: "full_refresh" }, source, destination, run: { ...run, aside } });
}

async function* pagesOf({ plan, destination, run }: StreamJob, choice: ReplayChoice): AsyncGenerator<QuarantineRow[]> {
  let page: QuarantineRow[] = [];
  for await (const { row, standing } of chosenRows(destination, plan, { connection: run.connection, choice })) {
    if (standing === "reread") page.push(row);
    if (page.length < rowsAtOnce) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

async function* batchesOf(
  source: OpenSource,
  request: ReadRequest,
  keys: readonly Predicate[],
): AsyncGenerator<BatchMessage> {
  const filter = [...(request.filter ?? []), ...keys];
  for await (const message of source.read({ ...request, filter, scans: false })) {
    if (message.type === "batch") yield message;
  }
}

type Key = readonly (string | null)[];

function* namesIn({ rows, columns, vectors }: Batch, primaryKey: readonly string[]): Generator<string> {
  const at = primaryKey.map((column) => columns.findIndex(({ name }) => name === column));
  for (let row = 0; row < rows; row++) {
    yield nameOf(at.map((i) => (isNull(vectors[i]!, row) ? null : valueText(vectors[i]!, columns[i]!.type, row))));
  }
}

function nameOf(key: Key): string {
  return JSON.stringify(key);
}
