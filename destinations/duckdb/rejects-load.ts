import { type Batch, batchBytes } from "../../sdk/batch/batch.js";
import type { StateKey, Target } from "../../sdk/destination.js";
import type { QuarantinedRow } from "../../sdk/quarantine.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import type { Turns } from "../../sdk/sql/turns.js";
import { type Aside, asideNames, tableAside } from "./aside.js";
import { type BatchSpool, batchSpool } from "./batch-spool.js";
import type { Partable, Parts } from "./parts.js";
import { insertQuarantined } from "./quarantine.js";
import { type RejectedRows, rejectedRows } from "./rejected-rows.js";
import { density } from "./wide-rows.js";

/**
 * The rejected rows of a writer's loads, on their way into `_sluice_quarantine`. They wait for the load's own rows: a
 * statement that these are interrupted for leaves row groups in part, which DuckDB logs and compresses once more.
 */
export interface RejectsLoad extends Partable {
  startLoad(id: number): void;
  add(rows: readonly QuarantinedRow[]): Promise<void>;
  /** Inserts everything added. */
  flush(): Promise<void>;
  /** Drops what was added: the transaction must be rolled back. */
  abort(): Promise<void>;
  /** See `Strategy.bringBack`. */
  bringBack(): Promise<void>;
}

export interface RejectsLoadOptions {
  readonly connection: EngineConnection;
  readonly key: StateKey & { readonly schema: string };
  readonly target: Target;
  readonly turns: Turns;
  /** See `Density`. */
  readonly partBytes: number;
  /** A scratch folder. */
  readonly workDir: string;
  parts(): Parts;
}

interface Load {
  readonly id: number;
  readonly aside: Aside;
  readonly gathered: RejectedRows;
  readonly spool: BatchSpool;
  /** In the table. */
  hasRows: boolean;
}

export function rejectsLoad(options: RejectsLoadOptions): RejectsLoad {
  const { connection, key, target, turns, partBytes, workDir, parts } = options;
  const own = density(partBytes);
  const { shadow, hidden } = asideNames(target);
  const names = { shadow, hidden: `${hidden}_quarantine`, loadColumn: "load_id" };
  const table = { schema: key.schema, name: "_sluice_quarantine" };
  let load: Load | undefined;

  async function insert(one: Load, batch: Batch): Promise<void> {
    await turns.end();
    await parts().makeRoom(rejects, { rows: batch.rows, bytes: batchBytes(batch) });
    if (parts().begun) await one.aside.put();
    one.hasRows = true;
    await insertQuarantined(connection, { ...key, loadId: one.id, into: one.aside.name }, batch);
  }

  const rejects: RejectsLoad = {
    density: own,
    startLoad(id) {
      const aside = tableAside({ connection, table, ...names, loadId: id, isNew: false });
      load = { id, aside, gathered: rejectedRows(), spool: batchSpool(workDir), hasRows: false };
    },
    async add(rows) {
      if (load === undefined) return;
      const { gathered, spool } = load;
      for (const row of rows) {
        gathered.append(row);
        const full = gathered.isFull ? gathered.take() : undefined;
        if (full !== undefined) await spool.put(full);
      }
    },
    async flush() {
      if (load === undefined) return;
      for await (const batch of load.spool.take()) await insert(load, batch);
      const rest = load.gathered.take();
      if (rest !== undefined) await insert(load, rest);
    },
    abort: async () => await load?.spool.discard(),
    canCut: async () => (await load?.aside.can()) ?? true,
    async cut() {
      if (load?.hasRows) await load.aside.put();
    },
    bringBack: async () => await load?.aside.bringBack(),
  };
  return rejects;
}
