import type { Batch } from "../../sdk/batch/batch.js";
import type { Column } from "../../sdk/schema/stream.js";
import type { ChildrenOfRows } from "../nested/child-rows.js";
import type { Reject } from "./verdicts.js";

/** A step between two SELECTs of the engine, in which rows are made of rows here: at most one of each. */
export interface RowStep {
  /** The columns of the rows it makes, as far as they are known: more may come up. */
  readonly columns: readonly Column[];
  /** Those of them that did not come with the rows given. */
  readonly made: readonly string[];
  /** The columns of child tables, by their names, as far as they are known. */
  readonly childColumns?: ReadonlyMap<string, readonly Column[]>;
  /** What becomes of a row that it fails on. */
  readonly onError: "quarantine" | "fail";
  /** @param rows the rows of the batch that count, ascending; undefined: all */
  apply(batch: Batch, rows: Int32Array | undefined): MadeRows;
}

export interface MadeRows {
  /** In buffers of its own. */
  readonly batch: Batch;
  /** For each row made the one of the batch given. */
  readonly from: Int32Array;
  readonly filtered: number;
  /** Rows of the batch given that it failed on. */
  readonly failed: readonly Reject[];
  /**
   * Columns that came up, or need wider types, with all those made before: nothing else counts then, and the batch is to be
   * given again to a step that knows them.
   */
  readonly grown: readonly Column[] | undefined;
  /** What the rows made hold for child tables, by their numbers in `batch`. */
  readonly children?: ChildrenOfRows;
}
