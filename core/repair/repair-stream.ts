import { ConfigError, DataError } from "../../sdk/errors.js";
import type { OpenSource, Predicate } from "../../sdk/source.js";
import { removeRows } from "../deletes/delete-gone-rows.js";
import type { Aside } from "../sync/aside.js";
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
  const writeMode = writeModeOf(plan);
  const comparable = await prepareComparison({ connection: run.connection, plan, ends: task, signal: run.signal });
  if (comparable === undefined) return;
  const { again, gone } = await differences(plan, comparable);
  if (again.length > 0) await readAgain(task, comparable, { keys: again, aside: { writeMode } });
  if (gone.length === 0) return;
  if (!task.kind.capabilities.removes) {
    throw new ConfigError("repair.removal", `stream '${plan.id}': the destination cannot remove ${gone.length} rows`, {
      stream: plan.id,
      hint: "`sluice sync --full-refresh` rebuilds the table",
    });
  }
  await removeRows(task, comparable, { keys: gone, how: plan.options.deletes?.mode ?? "hard" });
}

function writeModeOf({ id, write, primaryKey }: StreamPlan): Aside["writeMode"] {
  if (primaryKey.length > 0 && write !== "append") return write === "scd2" ? "scd2" : "merge";
  const why = write === "append" ? "keeps every version" : "has no primary key";
  throw new ConfigError("repair.no_key", `stream '${id}' ${why}: single rows cannot be repaired`, {
    stream: id,
    hint: "rebuild it with `sluice sync --full-refresh`",
  });
}

async function differences(
  { id }: StreamPlan,
  { arrival, compared }: Comparable,
): Promise<{ again: Key[]; gone: Key[] }> {
  const again: Key[] = [];
  const gone: Key[] = [];
  const source = pushedDownSide(arrival, compared) ?? (await readSide(arrival, compared));
  try {
    await compare({
      source,
      target: targetSide(arrival, compared),
      keepsVersions: false,
      ...(compared.cursor === undefined ? {} : { cursor: compared.cursor.type }),
      onDifference({ kind, key }) {
        if (kind === "missing" || kind === "different") again.push(key);
        if (kind === "extra") gone.push(key);
        if (again.length + gone.length <= mostKeys) return;
        throw new DataError("repair.too_many", `stream '${id}': more than ${mostKeys} keys differ`, {
          stream: id,
          hint: "rebuild the table with `sluice sync --full-refresh`",
        });
      },
    });
  } finally {
    await source.close?.();
  }
  return { again, gone };
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
