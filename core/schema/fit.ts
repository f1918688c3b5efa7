import type { ColumnType } from "../../sdk/schema/column-type.js";
import type { KnownColumn } from "./known-column.js";

/** What becomes of a row with a value that does not fit: it loses the value, is left out, or goes to quarantine. */
export type Misfit = "null" | "filter" | "quarantine";

/** How the values of one column that comes get into the table. */
export interface Fit {
  /** The table's column for them; undefined where the column is left out. */
  readonly column: KnownColumn | undefined;
  readonly value:
    | { readonly type: "as_is" }
    /** To the column's type, which holds them all. */
    | { readonly type: "widen" }
    /** To the column's type, which does not hold them all. */
    | { readonly type: "cast"; readonly to: ColumnType; readonly misfit: Misfit }
    /** A row whose value is not null carries it: it is loaded without, left out, or quarantined. */
    | { readonly type: "leave_out"; readonly carrying: "drop" | "filter" | "quarantine" };
  /** What becomes of a row with a null. */
  readonly nulls: "allowed" | "filter" | "quarantine";
}

/** The fits of columns that come as the table has them, or narrower. */
export function plainFits(columns: readonly KnownColumn[]): Fit[] {
  return columns.map((column) => ({ column, value: { type: "as_is" }, nulls: "allowed" }));
}

/** Whether rows must be looked at one by one: a widened or dropped column needs no more than its buffers. */
export function needsRefinery(fits: readonly Fit[]): boolean {
  return fits.some(
    ({ value, nulls }) =>
      nulls !== "allowed" || value.type === "cast" || (value.type === "leave_out" && value.carrying !== "drop"),
  );
}
