import type { StreamVerdict } from "../../core/verify/verify-connection.js";
import type { ChildFinding, TableFinding } from "../../core/verify/verify-stream.js";
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
    streams: streams.map(({ stream, schema, table, status, finding, error }) => ({
      stream,
      table: tableName(schema, table),
      status,
      ...(finding === undefined
        ? {}
        : {
            compared: finding.how,
            ...found(finding),
            ...(finding.children.length === 0 ? {} : { children: finding.children.map(childDocument(schema)) }),
            columns_left_out: finding.leftOut,
          }),
      error,
    })),
    error,
  };
}

function found({ sourceRows, targetRows, counts, keys }: TableFinding) {
  return { source_rows: sourceRows, target_rows: targetRows, ...counts, keys };
}

function childDocument(schema: string | undefined) {
  return (child: ChildFinding) => ({ table: tableName(schema, child.table), ...found(child) });
}

function tableName(schema: string | undefined, table: string): string {
  return schema === undefined ? table : `${schema}.${table}`;
}
