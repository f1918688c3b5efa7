import type { Column, ReadMode, Stream, WriteMode } from "../../sdk/schema/stream.js";
import type { Predicate } from "../../sdk/source.js";
import type { RowOptions } from "../transform/prepare-rows.js";
import type { StreamOptions } from "./plan.js";

/** One stream of a connection with every choice made. Names are the source's, but for `table`. */
export interface StreamPlan {
  readonly id: string;
  readonly stream: Stream;
  readonly read: ReadMode;
  readonly write: WriteMode;
  readonly schema: string | undefined;
  readonly table: string;
  /** The columns to read, in order. */
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
  readonly cursorField: string | undefined;
  /** What the source filters by. */
  readonly pushed: readonly Predicate[];
  /** What is done to the rows that come. */
  readonly rows: RowOptions;
  readonly options: StreamOptions;
  /** A pattern takes it, nobody named it. */
  readonly byPattern: boolean;
}

/** The selected columns as the source has them. */
export function selectedColumns(plan: Pick<StreamPlan, "stream" | "columns">): Column[] {
  return plan.columns.map((name) => plan.stream.columns.find((column) => column.name === name)!);
}
