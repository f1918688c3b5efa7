import { type Batch, batchBytes } from "../../sdk/batch/batch.js";
import type { StateKey, Target } from "../../sdk/destination.js";
import type { QuarantinedRow } from "../../sdk/quarantine.js";
import type { QuarantineBuffer } from "../../sdk/quarantine-buffer.js";
import type { EngineConnection } from "../../sdk/sql/duckdb/engine.js";
import type { Turns } from "../../sdk/sql/turns.js";
import { type Aside, asideNames, tableAside } from "./aside.js";
import type { Partable, Parts } from "./parts.js";
import { insertQuarantined } from "./quarantine.js";
import { rejectedRows } from "./rejected-rows.js";
import { density } from "./wide-rows.js";

/** The rejected rows of a writer's loads, on their way into `_sluice_quarantine`. */
export interface RejectsLoad extends Partable {
  startLoad(id: number): void;
  add(rows: readonly QuarantinedRow[]): Promise<void>;
  /** Waits for everything added. */
  flush(): Promise<void>;
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
  parts(): Parts;
}

interface Load {
  readonly aside: Aside;
  /** Rejected rows go in between the load's own. */
  readonly buffer: QuarantineBuffer;
  hasRows: boolean;
}

export function rejectsLoad({ connection, key, target, turns, partBytes, parts }: RejectsLoadOptions): RejectsLoad {
  const own = density(partBytes);
  const { shadow, hidden } = asideNames(target);
  const names = { shadow, hidden: `${hidden}_quarantine`, loadColumn: "load_id" };
  const table = { schema: key.schema, name: "_sluice_quarantine" };
  let load: Load | undefined;

  async function insert(one: Load, loadId: number, batch: Batch): Promise<void> {
    await turns.end();
    await parts().makeRoom(rejects, { rows: batch.rows, bytes: batchBytes(batch) });
    if (parts().begun) await one.aside.put();
    one.hasRows = true;
    await insertQuarantined(connection, { ...key, loadId, into: one.aside.name }, batch);
  }

  const rejects: RejectsLoad = {
    density: own,
    startLoad(id) {
      const aside = tableAside({ connection, table, ...names, loadId: id, isNew: false });
      const one: Load = { aside, buffer: rejectedRows((batch) => insert(one, id, batch)), hasRows: false };
      load = one;
    },
    add: async (rows) => await load?.buffer.add(rows),
    flush: async () => await load?.buffer.flush(),
    canCut: async () => (await load?.aside.can()) ?? true,
    async cut() {
      if (load?.hasRows) await load.aside.put();
    },
    bringBack: async () => await load?.aside.bringBack(),
  };
  return rejects;
}
