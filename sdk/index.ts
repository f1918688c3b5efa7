/** Everything a connector may import. */
export { z } from "zod";
export { type Batch, type BatchLimits, batchBuffers, batchBytes, defaultBatchLimits, rowOp } from "./batch/batch.js";
export { createInference, inferColumns, type TypeInference } from "./batch/infer.js";
export { createPacker, emptyBatch, type Packer, type PackOptions, pack, type Row } from "./batch/pack.js";
export { type UnpackedValue, unpack, unpackValue } from "./batch/unpack.js";
export * from "./batch/vector.js";
export { configJsonSchema } from "./config/json-schema.js";
export { Secret, secret } from "./config/secret.js";
export type { ConnectorContext, Log, LogLevel } from "./context.js";
export * from "./destination.js";
export type * from "./digest.js";
export * from "./errors.js";
export type { Json, JsonObject } from "./json.js";
export type * from "./messages.js";
export { type RawJson, rawJson } from "./raw-json.js";
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
export { type Catalog, type Column, type ReadMode, type Stream, streamId, type WriteMode } from "./schema/stream.js";
export * from "./source.js";
