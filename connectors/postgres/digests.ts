import type { Digests } from "../../sdk/digest.js";
import type { Json } from "../../sdk/json.js";
import type { SourceDigestRequest } from "../../sdk/source.js";
import { bucketQuery, type DigestQuery, rowQuery, toBucketDigest, toRowDigest } from "../../sdk/sql/digest-query.js";
import { postgresDigest } from "../../sdk/sql/postgres/digest.js";
import { textExpression } from "../../sdk/sql/postgres/transfer-expression.js";
import type { PostgresConfig } from "./config.js";
import type { Connections } from "./connections.js";
import { findRelation } from "./relation.js";
import { findColumn, predicateSql, rowAlias } from "./select.js";

/** Digests of a stream's rows, computed by the server. */
export function postgresDigests(
  config: PostgresConfig,
  connections: Connections,
  signal: AbortSignal,
): Digests<SourceDigestRequest> {
  async function ask<Result>(
    request: SourceDigestRequest,
    statement: (query: DigestQuery) => string,
    read: (row: readonly Json[]) => Result,
  ): Promise<Result[]> {
    return connections.use(signal, async (client) => {
      const relation = await findRelation(client, config, request.stream);
      const text = statement({
        dialect: postgresDigest,
        request,
        relation: {
          from: `${relation.from} ${rowAlias}`,
          conditions: (request.filter ?? []).map((predicate) => predicateSql(relation, predicate)),
          value: ({ name }) => textExpression(findColumn(relation, name)),
        },
      });
      const { rows } = await client.query<Json[]>({ text, rowMode: "array" });
      return rows.map(read);
    });
  }
  return {
    buckets: (request) => ask(request, bucketQuery, toBucketDigest),
    rows: (request) => ask(request, rowQuery, toRowDigest),
  };
}
