import type { StreamVerdict } from "../../core/verify/verify-connection.js";
import type { ShownError } from "./shown-error.js";

/** What was found of one connection. */
export interface ConnectionVerdict {
  readonly connection: string;
  readonly streams: readonly (Omit<StreamVerdict, "error"> & { readonly error: ShownError | null })[];
  /** What stopped the connection before its streams. */
  readonly error: ShownError | null;
}

/** A connection of `sluice verify --json`. */
export function verdictDocument({ connection, streams, error }: ConnectionVerdict) {
  return {
    connection,
    streams: streams.map(({ plan, status, finding, error }) => ({
      stream: plan.id,
      table: plan.schema === undefined ? plan.table : `${plan.schema}.${plan.table}`,
      status,
      ...(finding === undefined
        ? {}
        : {
            compared: finding.how,
            source_rows: finding.sourceRows,
            target_rows: finding.targetRows,
            ...finding.counts,
            keys: finding.keys,
            columns_left_out: finding.leftOut,
          }),
      error,
    })),
    error,
  };
}
