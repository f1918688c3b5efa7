import type { Digests, Json, SourceDigestRequest } from "../../sdk/index.js";
import { bucketQuery, type DigestQuery, rowQuery, toBucketDigest, toRowDigest } from "../../sdk/sql/digest-query.js";
import type { Connection } from "../../sdk/sql/duckdb/database.js";
import { duckDigest } from "../../sdk/sql/duckdb/digest.js";
import { queryRows } from "../../sdk/sql/duckdb/query-rows.js";
import { requireRelation } from "./catalog.js";
import type { DuckdbConfig } from "./config.js";
import { columnSql, conditionSql, findColumn, relationSql } from "./select.js";

/** Digests of a stream's rows, computed in the file's own DuckDB. */
export function duckdbDigests(
  config: DuckdbConfig,
  withConnection: <Result>(use: (connection: Connection) => Promise<Result>) => Promise<Result>,
): Digests<SourceDigestRequest> {
  function ask<Result>(
    request: SourceDigestRequest,
    statement: (query: DigestQuery) => string,
    read: (row: readonly Json[]) => Result,
  ): Promise<Result[]> {
    return withConnection(async (connection) => {
      const relation = await requireRelation(connection, config, request.stream);
      const sql = statement({
        dialect: duckDigest,
        request,
        relation: {
          from: `${relationSql(relation, config)} AS sluice_row`,
          conditions: (request.filter ?? []).map((predicate) => conditionSql(relation, predicate)),
          value: ({ name }) => columnSql(findColumn(relation, name)),
        },
      });
      return (await queryRows(connection, sql, [])).rows.map(read);
    });
  }
  return {
    buckets: (request) => ask(request, bucketQuery, toBucketDigest),
    rows: (request) => ask(request, rowQuery, toRowDigest),
  };
}
