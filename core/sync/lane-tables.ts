import type { Batch } from "../../sdk/batch/batch.js";
import type { ChildWriter } from "../../sdk/child-table.js";
import type { Target, Writer } from "../../sdk/destination.js";
import type { DriftRecord } from "../../sdk/drift-record.js";
import { SystemError } from "../../sdk/errors.js";
import { childBatch, keyVectors, withParentRows } from "../nested/child-batch.js";
import type { ChildrenOfRows } from "../nested/child-rows.js";
import type { ChildTable } from "../nested/child-tables.js";
import type { FitsOfChildren } from "../transform/child-refinery.js";
import type { Conform } from "./conform.js";
import { type LaneTable, laneTable } from "./lane-table.js";
import type { PreparedStream } from "./prepare-stream.js";
import { refuseFrozen } from "./shape.js";
import { allShapes, childFits, recordsOf, type Shapes } from "./shapes.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamRun } from "./stream-run.js";

/** The tables that a lane loads together: the stream's own and its children. */
export interface LaneTables {
  readonly isStarted: boolean;
  readonly shapes: Shapes;
  /** How elements get into the child tables. */
  readonly childFits: FitsOfChildren;
  /** Brings rows to the stream's own table. */
  readonly conform: Conform;
  /** Whether a table has to be altered before the next row. */
  readonly isBehind: boolean;
  /** Decides what the tables look like, and starts their writers; once. */
  start(prepared: PreparedStream): Promise<void>;
  /** The shapes of rows that come like this from now on. */
  next(prepared: PreparedStream): Shapes;
  take(shapes: Shapes): void;
  /** Does what has to be done to the tables before the next row. */
  alter(): Promise<void>;
  /** Counts a load's rows from here. */
  startLoad(): void;
  /** Stages rows as the refinery gives them. */
  write(batch: Batch, children: ChildrenOfRows | undefined): Promise<void>;
  /** Decisions that no load carries yet, for the one that is committed now. */
  takeDrift(): readonly DriftRecord[];
}

interface TablesOptions {
  readonly plan: StreamPlan;
  readonly run: StreamRun;
  readonly target: Target;
  readonly writer: Writer;
  readonly childTables: readonly ChildTable[];
  /** Views that would break were a forbidden change accepted. */
  readonly views: readonly string[];
  first(prepared: PreparedStream): Shapes;
  next(prepared: PreparedStream, last: Shapes): Shapes;
}

interface ChildOfLane {
  readonly name: string;
  readonly writer: ChildWriter;
  readonly table: LaneTable;
}

export function laneTables({ plan, run, target, writer, childTables, views, first, next }: TablesOptions): LaneTables {
  let shapes: Shapes | undefined;
  let own: LaneTable | undefined;
  let children: readonly ChildOfLane[] = [];
  let drift = run.tableDrift;
  /** Rows of the load that the stream's own table was given. */
  let written = 0;

  function started<Value>(value: Value | undefined): Value {
    if (value !== undefined) return value;
    throw new SystemError("lane.not_started", `stream '${plan.id}': its tables were not started`);
  }

  function tell(decided: Shapes): void {
    const records = recordsOf(decided);
    for (const record of records) if (!run.tally.drift.some((told) => isSame(told, record))) run.onDrift(record);
    for (const shape of allShapes(decided)) refuseFrozen(shape, plan, { connection: run.connection, views });
    drift = [...drift, ...records];
  }

  return {
    get isStarted() {
      return shapes !== undefined;
    },
    get shapes() {
      return started(shapes);
    },
    get childFits() {
      return childFits(started(shapes), childTables);
    },
    get conform() {
      return started(own).conform;
    },
    get isBehind() {
      return [started(own), ...children.map(({ table }) => table)].some(({ isBehind }) => isBehind);
    },
    async start(prepared) {
      shapes = first(prepared);
      tell(shapes);
      own = laneTable(writer, shapes.own, plan.id);
      await own.start();
      children = [...shapes.children].map(([name, shape]) => {
        const child = started(writer.children?.get(name));
        return { name, writer: child, table: laneTable(child, shape, plan.id) };
      });
      for (const { table } of children) await table.start();
    },
    next(prepared) {
      const following = next(prepared, started(shapes));
      tell(following);
      return following;
    },
    take(following) {
      shapes = following;
      started(own).take(following.own);
      for (const { name, table } of children) table.take(following.children.get(name)!);
    },
    async alter() {
      await started(own).alter();
      for (const { table } of children) await table.alter();
    },
    startLoad() {
      written = 0;
    },
    async write(batch, rows) {
      const conformed = started(own).conform.batch(batch);
      const key = keyVectors(conformed, target.primaryKey);
      const batches = children.flatMap(({ name, writer, table }) => {
        const held = rows?.get(name);
        if (held === undefined || held.parents.length === 0) return [];
        const elements = table.conform.batch(childBatch(held, table.shape.seen, key));
        return [{ writer, batch: withParentRows(elements, held.parents, written) }];
      });
      written += conformed.rows;
      // Last: it owns the buffers.
      await writer.write(conformed);
      for (const child of batches) await child.writer.write(child.batch);
    },
    takeDrift() {
      const taken = drift;
      drift = [];
      return taken;
    },
  };
}

function isSame(a: DriftRecord, b: DriftRecord): boolean {
  return a.entity === b.entity && a.columnName === b.columnName && a.change === b.change && a.decision === b.decision;
}
