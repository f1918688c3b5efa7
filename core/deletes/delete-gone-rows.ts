import { pack } from "../../sdk/batch/pack.js";
import type { Removal, Writer } from "../../sdk/destination.js";
import type { Column } from "../../sdk/schema/stream.js";
import { schemaHash, targetColumn } from "../schema/known-column.js";
import { balance, newLoad } from "../sync/load.js";
import { newLoadId } from "../sync/load-id.js";
import type { StreamTask } from "../sync/stream-work.js";
import { targetOf } from "../sync/target.js";
import { writtenText } from "../verify/named-key.js";
import { type Comparable, prepareComparison } from "../verify/prepare-comparison.js";
import { withKeySides } from "./compare-keys.js";
import { findDeletedKeys } from "./find-deleted-keys.js";

/** Finds the rows of a stream's table that are gone from the source, and removes, marks or closes them in a load of their own. */
export async function deleteGoneRows(task: StreamTask): Promise<void> {
  const { plan, run } = task;
  const detection = plan.options.deletes;
  if (detection === undefined) return;
  const facts = { connection: run.connection, plan, ends: task, signal: run.signal };
  const comparable = await prepareComparison(facts);
  if (comparable === undefined) return;
  const keys = await withKeySides(task, (source, target) =>
    findDeletedKeys({ stream: plan.id, source, target, detection }),
  );
  if (keys.length > 0) await removeRows(task, comparable, { keys, how: detection.mode });
}

export interface RowsToRemove {
  /** Canonical texts, as `Difference` has them. */
  readonly keys: readonly (readonly (string | null)[])[];
  readonly how: Removal;
}

const keysAtOnce = 8192;

/** Removes rows by their keys in one load; the source's part of the state stays as it is. */
export async function removeRows(
  task: StreamTask,
  { arrival, compared }: Comparable,
  rows: RowsToRemove,
): Promise<void> {
  const { plan, destination, run } = task;
  const { prepared, saved } = arrival;
  const shape = arrival.shapes.own;
  const aside = { writeMode: plan.write === "scd2" ? "scd2" : "merge" } as const;
  const target = targetOf(plan, prepared.rows, shape.columns, { ...run, aside });
  const writer = await destination.begin(target);
  try {
    await writer.start(shape.columns.filter(({ gone }) => !gone).map(targetColumn));
    for (const [name, child] of writer.children ?? []) {
      await child.start((saved.children?.[name] ?? []).map(targetColumn));
    }
    const load = newLoad(newLoadId());
    await writer.startLoad(load.id);
    const columns = compared.key.map((column): Column => ({ ...targetColumn(column), nullable: true }));
    for (let at = 0; at < rows.keys.length; at += keysAtOnce) {
      await stage(writer, columns, { ...rows, keys: rows.keys.slice(at, at + keysAtOnce) });
    }
    load.read = rows.keys.length;
    const ledger = balance(load, await writer.flush(), { id: run.id, stateBefore: writer.state });
    const state = writer.state ?? null;
    const facts = { loadId: load.id, state, schemaHash: schemaHash(shape.columns), publish: false, ledger };
    await writer.commit({ ...facts, drift: [], replayed: [] });
    run.tally.loads.push(load.id);
    run.tally.deleted += ledger.written;
    run.onCommit(load.id, ledger.written);
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    await writer.close();
  }
}

async function stage(writer: Writer, columns: readonly Column[], { keys, how }: RowsToRemove): Promise<void> {
  const rows = keys.map((key) =>
    Object.fromEntries(columns.map(({ name, type }, i) => [name, key[i] == null ? null : writtenText(key[i], type)])),
  );
  await writer.remove!(pack(columns, rows), how);
}
