/** A decision about a change of a stream's schema, on its way into `_sluice_drift`. */
export interface DriftRecord {
  readonly entity: "tables" | "columns" | "types" | "nullability";
  /** The target's name of the column; undefined where the change is one of the table. */
  readonly columnName: string | undefined;
  /** What was seen, in words. */
  readonly change: string;
  /** What was done about it. */
  readonly decision: string;
}

/** A row of `_sluice_drift`. */
export interface DriftRow extends DriftRecord {
  /** The load that carried the change; undefined where none did. */
  readonly loadId: number | undefined;
  readonly connection: string;
  readonly stream: string;
  readonly decidedAt: Date;
}
