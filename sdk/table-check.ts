import type { Json, JsonObject } from "./json.js";

/**
 * A question about a table as it will stand after the commit of the load that is staged. Names are the target's. Of a
 * history (scd2) only the current versions count, and nowhere a row that is marked as deleted.
 */
export type TableCheck = UniqueCheck | RowCountCheck | FreshnessCheck | RelationshipCheck;

/** No two rows are equal in these columns; a null equals nothing. */
export interface UniqueCheck {
  readonly type: "unique";
  readonly columns: readonly string[];
}

/** How many rows the load adds; of a table that is built anew, how many it has. */
export interface RowCountCheck {
  readonly type: "row_count";
  readonly min?: number;
  readonly max?: number;
}

/** How old the greatest value of a date, datetime or timestamp column is (the first two in UTC); a table without one fails. */
export interface FreshnessCheck {
  readonly type: "freshness";
  readonly column: string;
  readonly maxAgeMs: number;
  readonly now: Date;
}

/**
 * Every value of the load's rows is null or stands in a column of another table as that is committed. A table may refer to
 * itself: then to its rows after the commit.
 */
export interface RelationshipCheck {
  readonly type: "relationship";
  readonly column: string;
  readonly schema: string | undefined;
  readonly table: string;
  /** The other table's column. */
  readonly references: string;
}

export interface CheckResult {
  /**
   * 0 where the check holds. Otherwise the rows that break it: unique counts every row that is not alone with its values,
   * relationship the rows whose value is missing, the other two count 1.
   */
  readonly failed: number;
  /** At most three rows that break it, in the columns of the check. */
  readonly examples: readonly JsonObject[];
  /** What was found: row_count the rows, freshness the greatest value as canonical text, or null where there is none. */
  readonly value?: Json;
}
