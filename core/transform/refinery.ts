import type { Batch } from "../../sdk/batch/batch.js";
import { keepRows } from "../../sdk/batch/gather.js";
import { releaseVectors } from "../../sdk/batch/release-vectors.js";
import type { Vector } from "../../sdk/batch/vector.js";
import type { Column } from "../../sdk/schema/stream.js";
import { type ChildrenOfRows, renumberParents } from "../nested/child-rows.js";
import { rowTexts } from "../quality/row-text.js";
import type { Fit } from "../schema/fit.js";
import { appendFits } from "./append-fits.js";
import { flagCount } from "./check.js";
import { columnWork } from "./column-work.js";
import type { ExpressionEngine } from "./engine.js";
import { openMasks } from "./masks-aside.js";
import type { PreparedRows } from "./prepare-rows.js";
import { selectWork } from "./select-work.js";
import { type Reject, verdictReader } from "./verdicts.js";

/** Where the rows of one stream are transformed and judged, batch by batch. */
export interface Refinery {
  /** Whether rows pass by under other names, and nothing is computed. */
  readonly passes: boolean;
  /** It owns the batch's buffers. Calls may overlap; they are answered in order. */
  refine(batch: Batch): Promise<Refined>;
  /** As `refine`, for a step that goes on with the rows; the batch's buffers stay as they are. */
  refineInPlace(batch: Batch): Promise<PartlyRefined>;
  close(): Promise<void>;
}

export interface Refined {
  /** The rows that stay, with the columns after the transforms. */
  readonly batch: Batch;
  readonly filtered: number;
  readonly rejects: readonly RejectedRow[];
  /** By rule: how many rows it failed for, whatever its action. */
  readonly failed: ReadonlyMap<string, number>;
  /** A row that is to stop the stream. */
  readonly stops: RejectedRow | undefined;
  /**
   * Columns that came up in the batch: the refinery was not prepared for them, and nothing else counts. The batch is as it
   * was, for one that is.
   */
  readonly grown: readonly Column[] | undefined;
  /** What the rows that stay hold for child tables, by their numbers in `batch`. */
  readonly children?: ChildrenOfRows;
  /** Rows of child tables that were left out, of rows that stay. */
  readonly discardedChildren?: number;
}

/** Rows refined as far as a step that goes on with them: those that go stand among them still. */
export interface PartlyRefined extends Refined {
  /** The rows of `batch` that stay; undefined: all. */
  readonly kept: Int32Array | undefined;
  /** For each row of `batch` its number in the batch as it came; undefined: the same. */
  readonly from: Int32Array | undefined;
  /** By the numbers of the batch as it came, and of every row. */
  readonly children?: ChildrenOfRows;
  /** A row of the batch as it came, as `RejectedRow` has it. */
  textOf(row: number): string;
}

/** A row that is taken out. */
export interface RejectedRow extends Reject {
  /** As JSON text with every digit: the source's names and values, masked where they are masked. */
  readonly text: string;
}

export interface RefineryOptions {
  /** The columns of the batches that come. */
  readonly source: readonly Column[];
  /** What is done to them; prepared for this refinery only. */
  readonly rows: PreparedRows;
  /** How the columns after the transforms get into the table. */
  readonly fits: readonly Fit[];
  /** Of a child table its name: what does not fit is told of it. */
  readonly fitsOf?: string;
  readonly engine: ExpressionEngine;
}

/** The refinery of rows that were prepared. Batches come out with the columns prepared, cast where the table needs it. */
export async function openRefinery({ source, rows, fits, fitsOf, engine }: RefineryOptions): Promise<Refinery> {
  const { stages } = rows;
  appendFits(stages, fits, fitsOf);
  const columns = stages.columns.map(({ column }) => column);
  if (stages.checks.length === 0 && stages.columns.every(({ from }) => from !== undefined))
    return passing(source, stages.columns);
  const masks = await openMasks(stages, source, engine);
  const made = stages.columns.filter((one) => one.from === undefined && !masks.aside.has(one));
  const work =
    columnWork(stages.checks, made) ?? (await selectWork({ source, stages, engine, aside: masks.aside, made }));
  const flags = flagCount(stages.checks);
  const verdictsOf = verdictReader(stages.checks);

  return {
    passes: false,
    async refine(batch) {
      const refined = withoutGone(await refineInPlace(batch));
      // A cast or masked column leaves the values that came behind.
      releaseVectors(batch.vectors, refined.batch.vectors);
      return refined;
    },
    refineInPlace,
    async close() {
      await work.close();
      await masks.close();
    },
  };

  async function refineInPlace(batch: Batch): Promise<PartlyRefined> {
    const given = batch.vectors;
    const found = await work.apply(batch);
    const verdicts = verdictsOf(batch, found.slice(0, flags));
    const masked = await masks.apply(batch, verdicts);
    const vectors = stages.columns.map((one): Vector => {
      return one.from !== undefined ? given[one.from]! : (masked.get(one) ?? found[flags + made.indexOf(one)]!);
    });
    const all = { ...batch, columns, vectors };
    const { rejects, stops, ...counts } = verdicts;
    let texts: ((row: number) => string) | undefined;
    const textOf = (row: number) => {
      texts ??= rowTexts(originals(batch, all));
      return texts(row);
    };
    const told = ({ row, rule, reason }: Reject) => ({ row, rule, reason, text: textOf(row) });
    const taken = { rejects: rejects.map(told), stops: stops && told(stops) };
    return { ...counts, ...taken, batch: all, from: undefined, grown: undefined, textOf };
  }

  /** A masked column is shown as it is masked, or not at all where a later column took its name. */
  function originals(batch: Batch, all: Batch): Batch {
    const shown = source.flatMap((column, from): { column: Column; vector: Vector }[] => {
      if (!stages.masked.has(from)) return [{ column, vector: batch.vectors[from]! }];
      const at = stages.columns.findIndex((one) => one.maskOf === from);
      return at < 0 ? [] : [{ column: { ...columns[at]!, name: column.name }, vector: all.vectors[at]! }];
    });
    return { ...batch, columns: shown.map(({ column }) => column), vectors: shown.map(({ vector }) => vector) };
  }
}

/** Leaves only the rows that stay, at last: those that go are written over. */
export function withoutGone({ kept, from, textOf: _, children, ...refined }: PartlyRefined): Refined {
  // The batch comes again, and must be as it was.
  if (refined.grown !== undefined) return refined;
  const batch = kept === undefined ? refined.batch : keepRows(refined.batch, kept);
  if (children === undefined) return { ...refined, batch };
  const numbers = new Map<number, number>();
  for (let row = 0; row < batch.rows; row++) {
    const place = kept?.[row] ?? row;
    numbers.set(from?.[place] ?? place, row);
  }
  return { ...refined, batch, children: renumberParents(children, (parent) => numbers.get(parent)) };
}

/** Rows that only get other names. */
function passing(source: readonly Column[], stages: PreparedRows["stages"]["columns"]): Refinery {
  const nothing = { filtered: 0, rejects: [], failed: new Map(), stops: undefined, grown: undefined };
  const columns = stages.map(({ column }) => column);
  const passed = (batch: Batch) => {
    return { ...nothing, batch: { ...batch, columns, vectors: stages.map(({ from }) => batch.vectors[from!]!) } };
  };
  return {
    passes: true,
    refine: async (batch) => passed(batch),
    async refineInPlace(batch) {
      const textOf = (row: number) => rowTexts({ ...batch, columns: source })(row);
      return { ...passed(batch), kept: undefined, from: undefined, textOf };
    },
    async close() {},
  };
}
