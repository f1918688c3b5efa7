/** Everything a connector may import. */
export { z } from "zod";
export { alreadyReplayed } from "./already-replayed.js";
export { type Batch, type BatchLimits, batchBuffers, batchBytes, defaultBatchLimits, rowOp } from "./batch/batch.js";
export { createInference, inferColumns, type TypeInference } from "./batch/infer.js";
export { createPacker, emptyBatch, type Packer, type PackOptions, pack, type Row } from "./batch/pack.js";
export { type UnpackedValue, unpack, unpackValue } from "./batch/unpack.js";
export * from "./batch/vector.js";
export * from "./check-results.js";
export * from "./child-table.js";
export { configJsonSchema } from "./config/json-schema.js";
export { Secret, secret } from "./config/secret.js";
export type { ConnectorContext, Log, LogLevel } from "./context.js";
export { defineSource } from "./define-source.js";
export * from "./destination.js";
export type * from "./digest.js";
export type * from "./drift-record.js";
export * from "./errors.js";
export type { Authenticator, AuthSession, Proof } from "./http/auth/authenticator.js";
export { type JwtBearer, jwt, jwtBearer, type SignedJwt } from "./http/auth/jwt.js";
export { keepToken } from "./http/auth/keep-token.js";
export {
  clientCredentials,
  type OAuth2Client,
  type RefreshTokenGrant,
  refreshTokenGrant,
  type TokenKeeper,
} from "./http/auth/oauth2.js";
export { type ApiKey, apiKey, basic, bearer, type SecretText } from "./http/auth/plain-auth.js";
export { type SessionToken, sessionToken } from "./http/auth/session-token.js";
export type { BodyFormat, BodyOptions } from "./http/body/decode-body.js";
export type { ExchangeOptions } from "./http/exchange-options.js";
export type { Rate } from "./http/host-budget.js";
export type { Http, HttpOptions, Verdict } from "./http/http.js";
export { openHttp } from "./http/open-http.js";
export { type CursorPages, cursorPages } from "./http/paginate/cursor-pages.js";
export { linkHeader } from "./http/paginate/link-header.js";
export { nextUrl } from "./http/paginate/next-url.js";
export { type OffsetPages, offsetPages } from "./http/paginate/offset-pages.js";
export type { NextPage, Page, PageOptions, SeenPage } from "./http/paginate/page.js";
export { type PageNumbers, pageNumbers } from "./http/paginate/page-numbers.js";
export type { Headers, HttpRequest, Query, WireRequest } from "./http/request.js";
export type { HttpResponse } from "./http/response.js";
export type { RetryOptions } from "./http/retry.js";
export { type TimeWindow, type TimeWindows, timeWindows } from "./http/time-windows.js";
export { valueAt } from "./http/value-at.js";
export { memberOfEach } from "./json/record-page.js";
export type { Json, JsonObject } from "./json.js";
export type * from "./messages.js";
export { parseJson } from "./parse-json.js";
export type * from "./quarantine.js";
export { type QuarantineBuffer, quarantineBuffer } from "./quarantine-buffer.js";
export { type RawJson, rawJson } from "./raw-json.js";
export { defineFunction, type FunctionColumns, type FunctionRow, type RowFunction } from "./row-function.js";
export { type Boundary, openBoundary } from "./rows/boundary.js";
export { type Checkpoint, checkpoint, checkpointState, type StateInput } from "./rows/checkpoint.js";
export { openRowSource } from "./rows/open-row-source.js";
export { type Partitions, readPartitions } from "./rows/partitions.js";
export { type Rows, type RowsRead, readRows } from "./rows/read-rows.js";
export type { RowSource, SourceKit } from "./rows/row-source.js";
export type { Reading, RowStream } from "./rows/row-stream.js";
export { changedColumns, changedKept } from "./schema/changed-columns.js";
export {
  type ColumnType,
  decimal,
  formatType,
  list,
  maxDecimalPrecision,
  parseType,
  type ScalarKind,
  sameType,
  scalar,
  scalarKinds,
} from "./schema/column-type.js";
export { cursorCandidates } from "./schema/cursor-candidates.js";
export { type Rename, renamesFirst } from "./schema/renames-first.js";
export {
  type BrokenStream,
  type Catalog,
  type Column,
  type ReadMode,
  type Stream,
  streamId,
  type WriteMode,
} from "./schema/stream.js";
export * from "./source.js";
export type * from "./table-check.js";
