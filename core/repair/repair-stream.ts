import { ConfigError, DataError } from "../../sdk/errors.js";
import type { OpenSource, Predicate } from "../../sdk/source.js";
import { withKeySides } from "../deletes/compare-keys.js";
import { removeRows } from "../deletes/delete-gone-rows.js";
import type { Aside } from "../sync/aside.js";
import { rewriteMode } from "../sync/rewrite-mode.js";
import type { StreamPlan } from "../sync/select-streams.js";
import type { StreamTask } from "../sync/stream-work.js";
import { syncStream } from "../sync/sync-stream.js";
import { compare } from "../verify/compare.js";
import { writtenText } from "../verify/named-key.js";
import { type Comparable, prepareComparison } from "../verify/prepare-comparison.js";
import { pushedDownSide, readSide, targetSide } from "../verify/sides.js";
import { keyFilters } from "./key-filters.js";

/** More than this is not repaired key by key. */
const mostKeys = 100_000;

type Key = readonly (string | null)[];

/**
 * Compares a stream with its table, reads again just the keys that are missing or different, and removes those that the
 * source does not have; where the stream's own reading stands is not touched. Repeating it changes nothing.
 * @throws ConfigError `repair.*` for a table that cannot be repaired by keys · DataError `repair.too_many`
 */
export async function repairStream(task: StreamTask): Promise<void> {
  const { plan, run } = task;
  const writeMode = rewriteMode(plan) ?? refuse(plan);
  const comparable = await prepareComparison({ connection: run.connection, plan, ends: task, signal: run.signal });
  if (comparable === undefined) return;
  refuseTransformedKey(plan);
  const again = await keysToRead(plan, comparable);
  if (again.length > 0) await readAgain(task, comparable, { keys: again, aside: { writeMode } });
  const gone = await goneKeys(task);
  if (gone.length === 0) return;
  if (!task.kind.capabilities.removes) {
    throw new ConfigError("repair.removal", `stream '${plan.id}': the destination cannot remove ${gone.length} rows`, {
      stream: plan.id,
      hint: "`sluice sync --full-refresh` rebuilds the table",
    });
  }
  await removeRows(task, comparable, { keys: gone, how: plan.options.deletes?.mode ?? "hard" });
}

function refuse({ id, write }: StreamPlan): never {
  const why = write === "append" ? "keeps every version" : "has no primary key";
  throw new ConfigError("repair.no_key", `stream '${id}' ${why}: single rows cannot be repaired`, {
    stream: id,
    hint: "rebuild it with `sluice sync --full-refresh`",
  });
}

/** A key that is made on the way cannot be asked for at the source. */
function refuseTransformedKey({ id, primaryKey, rows }: StreamPlan): void {
  const { rename = {}, cast = {}, mask = {}, derive = {}, sql, function: made } = rows.transforms;
  const isMade = (name: string) => [cast, mask, derive].some((options) => Object.hasOwn(options, rename[name] ?? name));
  if (sql === undefined && made === undefined && !primaryKey.some(isMade)) return;
  throw new ConfigError("repair.key_transformed", `stream '${id}': its key is transformed on its way`, {
    stream: id,
    hint: "rebuild the table with `sluice sync --full-refresh`",
  });
}

async function keysToRead({ id }: StreamPlan, { arrival, compared }: Comparable): Promise<Key[]> {
  const again: Key[] = [];
  const source = pushedDownSide(arrival, compared) ?? (await readSide(arrival, compared));
  try {
    await compare({
      source,
      target: targetSide(arrival, compared),
      keepsVersions: false,
      ...(compared.cursor === undefined ? {} : { cursor: compared.cursor.type }),
      onDifference({ kind, key }) {
        if (kind === "missing" || kind === "different") addKey(again, key, id);
      },
    });
  } finally {
    await source.close?.();
  }
  return again;
}

/** What the source has no more; a row that a filter or a rule would keep out today stays. */
async function goneKeys(task: StreamTask): Promise<Key[]> {
  const gone: Key[] = [];
  await withKeySides(task, (source, target) =>
    compare({
      source,
      target,
      keepsVersions: false,
      onDifference({ kind, key }) {
        if (kind === "extra") addKey(gone, key, task.plan.id);
      },
    }),
  );
  return gone;
}

function addKey(keys: Key[], key: Key, stream: string): void {
  if (keys.push(key) <= mostKeys) return;
  throw new DataError("repair.too_many", `stream '${stream}': more than ${mostKeys} keys differ`, {
    stream,
    hint: "rebuild the table with `sluice sync --full-refresh`",
  });
}

async function readAgain(
  { plan, source, destination, run }: StreamTask,
  { arrival, compared }: Comparable,
  { keys, aside }: { readonly keys: readonly Key[]; readonly aside: Aside },
): Promise<void> {
  const sourceNames = new Map([...arrival.prepared.rows.outputOf].map(([name, output]) => [output, name]));
  const columns = compared.key.map((column) => sourceNames.get(column.source)!);
  const texts = keys.map((key) => key.map((text, i) => text && writtenText(text, compared.key[i]!.type)));
  const selected: OpenSource = {
    ...source,
    async *read(request) {
      for (const keyFilter of keyFilters(columns, texts)) {
        const filter: Predicate[] = [...(request.filter ?? []), ...keyFilter];
        for await (const message of source.read({ ...request, filter }))
          if (message.type !== "checkpoint") yield message;
        yield { type: "checkpoint", state: null };
      }
    },
  };
  await syncStream({ plan: { ...plan, read: "full_refresh" }, source: selected, destination, run: { ...run, aside } });
}
