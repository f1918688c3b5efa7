import type { QueryResult, TargetDigestRequest } from "../destination.js";
import type { Digests } from "../digest.js";
import type { Json } from "../json.js";
import type { Column } from "../schema/stream.js";
import {
  bucketQuery,
  type DigestDialect,
  type DigestQuery,
  rowQuery,
  toBucketDigest,
  toRowDigest,
} from "./digest-query.js";
import { belongsToStanding, standingConditions } from "./standing-rows.js";

/** A table of a destination, as its digests are asked for. */
export interface DigestTable {
  /** What stands behind FROM. */
  readonly from: string;
  /** All its columns, Sluice's own included. */
  readonly columnNames: readonly string[];
  /** A column's value as an expression. */
  value(column: Column): string;
}

export interface TableDigestOptions {
  readonly dialect: DigestDialect;
  find(request: TargetDigestRequest): Promise<DigestTable>;
  query(sql: string): Promise<QueryResult>;
}

/** The digests of a destination whose tables are asked in SQL. */
export function tableDigests({ dialect, find, query }: TableDigestOptions): Digests<TargetDigestRequest> {
  async function ask<Result>(
    request: TargetDigestRequest,
    statement: (query: DigestQuery) => string,
    read: (row: readonly Json[]) => Result,
  ): Promise<Result[]> {
    const { from, columnNames, value } = await find(request);
    const conditions = [...standingConditions(columnNames), ...(await ofParent(request))];
    const { rows } = await query(statement({ dialect, request, relation: { from, conditions, value } }));
    return rows.map(read);
  }

  async function ofParent({ parent, ...request }: TargetDigestRequest): Promise<string[]> {
    if (parent === undefined) return [];
    const { from, columnNames } = await find({ ...request, table: parent.table });
    return belongsToStanding(parent, { from, columnNames });
  }

  return {
    buckets: (request) => ask(request, bucketQuery, toBucketDigest),
    rows: (request) => ask(request, rowQuery, toRowDigest),
  };
}
