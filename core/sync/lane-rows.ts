import type { Batch } from "../../sdk/batch/batch.js";
import type { OpenDestination, Writer } from "../../sdk/destination.js";
import { ConfigError } from "../../sdk/errors.js";
import type { Column } from "../../sdk/schema/stream.js";
import { chainedRefinery } from "../transform/chained-refinery.js";
import type { Refined } from "../transform/refinery.js";
import { type Gate, openGate } from "./gate.js";
import type { LaneTables } from "./lane-tables.js";
import { type PreparedStream, prepareStream } from "./prepare-stream.js";
import { evolves } from "./shape.js";
import { changesTables } from "./shapes.js";
import type { StreamPlan } from "./stream-plan.js";
import type { StreamRun } from "./stream-run.js";

/** What is done to a lane's rows before they are staged: prepared for the columns that come, and anew when others do. */
export interface LaneRows {
  readonly prepared: PreparedStream;
  readonly gate: Gate;
  /** Whether nothing is computed on them. */
  readonly passes: boolean;
  /** Whether steps make them, so that columns may come up in each batch: `refine` is to be awaited then. */
  readonly areMade: boolean;
  /** The rest of the read is only looked at: the load cannot take what came up, and is read again. */
  readonly looksOnly: boolean;
  /** The source's columns have changed: what follows has these. */
  adopt(columns: readonly Column[]): Promise<void>;
  /** What becomes of a batch; undefined where it is only looked at. */
  refine(batch: Batch): Promise<Refined | undefined>;
  /** Nothing came that could be looked at: the tables have what they had. Returns whether there are tables. */
  startWithoutRows(): Promise<boolean>;
  close(): Promise<void>;
}

export interface LaneRowsOptions {
  readonly plan: StreamPlan;
  readonly run: StreamRun;
  readonly destination: OpenDestination;
  readonly writer: Writer;
  readonly tables: LaneTables;
  readonly prepared: PreparedStream;
  /** The columns that come. */
  readonly announced: readonly Column[];
  /** Nothing was ever loaded. */
  readonly isFirst: boolean;
  /** Resolves when no batch is under way. */
  settled(): Promise<void>;
  /** Ends the load that is under way, so that tables can be altered; returns whether they can. */
  makeRoom(): Promise<boolean>;
  /** As `makeRoom`, where the source says that its columns change: throws where they cannot. */
  endLoad(): Promise<void>;
}

export async function laneRows({
  plan,
  run,
  tables,
  settled,
  makeRoom,
  endLoad,
  ...options
}: LaneRowsOptions): Promise<LaneRows> {
  const { destination, writer, isFirst } = options;
  let { prepared, announced } = options;
  let looksOnly = false;
  let refinery = await refineryOf(prepared);
  let gate = openGate({ plan, run, writer, destination, prepared });

  function refineryOf(rows: PreparedStream) {
    const { engine } = run;
    if (!tables.isStarted || looksOnly) return chainedRefinery({ ...rows, fits: [], engine });
    return chainedRefinery({ ...rows, fits: tables.shapes.own.fits, childFits: tables.childFits, engine });
  }

  const prepare = () => prepareStream(plan, announced, run.engine, run.learned);

  async function goOnWith(following: PreparedStream): Promise<void> {
    await refinery.close();
    prepared = following;
    refinery = await refineryOf(following);
    if (gate.holds) return;
    await gate.close();
    gate = openGate({ plan, run, writer, destination, prepared });
  }

  /** Makes room for columns that came up in the batch that comes next. Returns whether it can be taken then. */
  async function grow(): Promise<boolean> {
    await settled();
    // What a policy makes of it is a question only once a load has said what there is: all is looked at before the first.
    if (isFirst && !evolves(plan) && !run.learned.readWhole) return false;
    const following = await prepare().catch((error: unknown) => {
      // A column that something names may come up later.
      if (error instanceof ConfigError && mayComeUp(error.column, plan) && !run.learned.readWhole) return undefined;
      throw error;
    });
    if (following === undefined) return false;
    if (tables.isStarted) {
      const next = tables.next(following);
      if (changesTables(next) && !(await makeRoom())) return false;
      tables.take(next);
    } else {
      await tables.start(following);
    }
    await goOnWith(following);
    return true;
  }

  return {
    get prepared() {
      return prepared;
    },
    get gate() {
      return gate;
    },
    get passes() {
      return refinery.passes && !gate.watches;
    },
    get areMade() {
      return prepared.rows.before !== undefined;
    },
    get looksOnly() {
      return looksOnly;
    },
    async adopt(columns) {
      await settled();
      announced = columns;
      const following = await prepare();
      if (tables.isStarted && !looksOnly) {
        const next = tables.next(following);
        if (changesTables(next)) await endLoad();
        tables.take(next);
      } else if (!tables.isStarted && !following.rows.isPart) {
        await tables.start(following);
      }
      await goOnWith(following);
    },
    async refine(batch) {
      let made = await refinery.refine(batch);
      while (made.grown !== undefined && !looksOnly) {
        looksOnly = !(await grow());
        if (!looksOnly) made = await refinery.refine(batch);
      }
      return looksOnly ? undefined : made;
    },
    async startWithoutRows() {
      run.learned.looked = true;
      try {
        const following = await prepare();
        await tables.start(following);
        // The gate judges a load without rows too.
        await goOnWith(following);
        return true;
      } catch (error) {
        // What an expression or a rule names is found out when there is a row.
        if (error instanceof ConfigError && writer.columns === undefined) return false;
        throw error;
      }
    },
    async close() {
      await gate.close();
      await refinery.close();
    },
  };
}

/** Whether a column that is not there is named like one that nested data may still bring up. */
function mayComeUp(column: string | undefined, { options }: StreamPlan): boolean {
  const paths = Object.keys(options.nested ?? {});
  return column !== undefined && paths.some((path) => column.startsWith(`${path.split(".")[0]}_`));
}
