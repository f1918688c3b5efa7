/** What must hold for a load as a whole, judged on what it staged before anyone can see it. Columns by their names after the transforms. */
export interface LoadRule {
  /** As reports name it: `unique(id)`. */
  readonly name: string;
  readonly test: LoadTest;
  readonly onFail: LoadRuleAction;
  /** The way to it within the stream's options. */
  readonly option: readonly (string | number)[];
}

/** `warn` counts and goes on; `fail` drops the load and stops the stream. */
export type LoadRuleAction = "warn" | "fail";

export type LoadTest =
  | { readonly type: "unique"; readonly columns: readonly string[] }
  | { readonly type: "row_count"; readonly min?: number; readonly max?: number }
  | { readonly type: "freshness"; readonly column: string; readonly maxAgeMs: number }
  /** Every value stands in a column of another table of the destination. */
  | {
      readonly type: "relationship";
      readonly column: string;
      /** Undefined: the stream's own schema. */
      readonly schema: string | undefined;
      readonly table: string;
      readonly references: string;
    }
  | ExpressionTest
  | VolumeTest;

/** SQL over all rows of the load, with an aggregate in it. */
export interface ExpressionTest {
  readonly type: "expression";
  readonly sql: string;
}

/** The rows of this run are about as many as those of earlier ones. */
export interface VolumeTest {
  readonly type: "volume_anomaly";
  /** By which part they may differ from the median: 0.5 allows half as many to one and a half times as many. */
  readonly within: number;
  /** How many earlier runs are looked at. */
  readonly over: number;
}
