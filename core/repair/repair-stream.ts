import { ConfigError, DataError } from "../../sdk/errors.js";
import type { OpenSource, Predicate } from "../../sdk/source.js";
import { withKeySides } from "../deletes/compare-keys.js";
import { removeRows } from "../deletes/delete-gone-rows.js";
import type { Aside } from "../sync/aside.js";
import { rewriteMode } from "../sync/rewrite-mode.js";
import type { StreamPlan } from "../sync/stream-plan.js";
import type { StreamTask } from "../sync/stream-work.js";
import { syncStream } from "../sync/sync-stream.js";
import { isMaskedColumn } from "../transform/masked-columns.js";
import { compare } from "../verify/compare.js";
import { compareSides } from "../verify/compare-sides.js";
import { writtenText } from "../verify/named-key.js";
import { openSides } from "../verify/open-sides.js";
import { type Comparable, prepareComparison } from "../verify/prepare-comparison.js";
import { keyFilters } from "./key-filters.js";

/** More than this is not repaired key by key. */
const mostKeys = 100_000;

type Key = readonly (string | null)[];

/**
 * Compares a stream with its tables, reads again just the keys that are missing or different, in the table itself or in a
 * child table, and removes those that the source does not have; where the stream's own reading stands is not touched.
 * Repeating it changes nothing.
 * @throws ConfigError `repair.*` for a table that cannot be repaired by keys · DataError `repair.too_many`
 */
export async function repairStream(task: StreamTask): Promise<void> {
  const { plan, run } = task;
  const writeMode = rewriteMode(plan) ?? refuse(plan);
  const comparable = await prepareComparison({ connection: run.connection, plan, ends: task, signal: run.signal });
  if (comparable === undefined) return;
  refuseTransformedKey(plan);
  const { again, orphaned } = await findKeys(plan, comparable);
  if (again.length > 0) await readAgain(task, comparable, { keys: again, aside: { writeMode } });
  const gone = await goneKeys(task);
  if (gone.length + orphaned.length === 0) return;
  if (!task.kind.capabilities.removes) {
    throw new ConfigError("repair.removal", `stream '${plan.id}': the destination cannot remove ${gone.length} rows`, {
      stream: plan.id,
      hint: "`sluice sync --full-refresh` rebuilds the table",
    });
  }
  if (gone.length > 0) await removeRows(task, comparable, { keys: gone, how: plan.options.deletes?.mode ?? "hard" });
  if (orphaned.length > 0) await removeRows(task, comparable, { keys: orphaned, how: "hard" });
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
  const isMade = (source: string) => {
    const name = rename[source] ?? source;
    return isMaskedColumn({ mask }, name) || [cast, derive].some((options) => Object.hasOwn(options, name));
  };
  if (sql === undefined && made === undefined && !primaryKey.some(isMade)) return;
  throw new ConfigError("repair.key_transformed", `stream '${id}': its key is transformed on its way`, {
    stream: id,
    hint: "rebuild the table with `sluice sync --full-refresh`",
  });
}

/** Keys that are not the same. */
interface FoundKeys {
  /** To be read again: of rows, or of those that child tables lack or have otherwise. */
  readonly again: readonly Key[];
  /** Of rows that no side has, though a child table has something of them. */
  readonly orphaned: readonly Key[];
}

async function findKeys({ id }: StreamPlan, comparable: Comparable): Promise<FoundKeys> {
  const again = keySet(id);
  const orphaned = keySet(id);
  const sides = await openSides(comparable);
  try {
    await compareSides(comparable, sides, {
      own({ kind, key }) {
        if (kind === "missing" || kind === "different") again.add(key);
      },
      child({ kind, parent, owner }) {
        if (kind === "pending" || kind === "not_unique" || owner === "target") return;
        (owner === "source" ? again : orphaned).add(parent);
      },
    });
  } finally {
    await sides.close();
  }
  return { again: again.keys(), orphaned: orphaned.keys() };
}

/** What the source has no more; a row that a filter or a rule would keep out today stays. */
async function goneKeys(task: StreamTask): Promise<readonly Key[]> {
  const gone = keySet(task.plan.id);
  await withKeySides(task, (source, target) =>
    compare({
      source,
      target,
      keepsVersions: false,
      onDifference({ kind, key }) {
        if (kind === "extra") gone.add(key);
      },
    }),
  );
  return gone.keys();
}

/** Keys, each once. Throws DataError `repair.too_many`. */
function keySet(stream: string) {
  const found = new Map<string, Key>();
  return {
    keys: () => [...found.values()],
    add(key: Key) {
      found.set(JSON.stringify(key), key);
      if (found.size <= mostKeys) return;
      throw new DataError("repair.too_many", `stream '${stream}': more than ${mostKeys} keys differ`, {
        stream,
        hint: "rebuild the table with `sluice sync --full-refresh`",
      });
    },
  };
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
