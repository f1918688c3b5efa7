import type { Batch, Column, Scan } from "../../sdk/index.js";
import type { Snapshot } from "./log/snapshot.js";
import type { WrittenFile } from "./parts.js";

/** What one load comes to: files to add, files they replace, and the rows it counted. */
export interface Outcome {
  readonly add: readonly WrittenFile[];
  /** Paths relative to the table's folder. */
  readonly remove: readonly string[];
  readonly written: number;
  readonly deduplicated: number;
  /** What stands behind FROM for the rows of the load, where they are not just those of `add`; until `release`. */
  readonly staged?: string;
  /**
   * Where child tables follow: a Parquet file with the key of each of the load's newest rows and, as `_sluice_row`, its number
   * among those given; until `release`.
   */
  readonly standing?: string;
}

/** Takes the rows of one load and makes files of them. */
export interface Stage {
  write(batch: Batch): Promise<void>;
  scan(scan: Scan): Promise<number>;
  /**
   * Makes the files, durably, for the table as `snapshot` has it; its columns are `columns`, and `kept` those of them that no
   * row brings.
   */
  finish(snapshot: Snapshot, columns: readonly Column[], kept: readonly Column[]): Promise<Outcome>;
  /** Lets go of what stands aside beside the files. */
  release(): Promise<void>;
  discard(): Promise<void>;
}
