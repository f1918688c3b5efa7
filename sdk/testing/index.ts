/** Everything that tests of connectors import: conformance suites, and a source and a destination in memory. */
export { type CanonicalRow, canonicalRows, repack, sortedRows } from "./canonical-rows.js";
export { checkBatch } from "./check-batch.js";
export type { DestinationFixture, PreparedDestination, TableToRead } from "./destination-bed.js";
export { destinationConformance } from "./destination-conformance.js";
export { edgeValues, extremeValues } from "./edge-values.js";
export { answeredBy, type FixtureAnswer, type FixtureRequest, type FixtureServer } from "./kit/fixture-server.js";
export { type KitOptions, runKit } from "./kit/run-kit.js";
export type { ConnectorFixture, KitSubject } from "./kit/subject.js";
export type { Verdict } from "./kit/verdict.js";
export { memoryDestination } from "./memory-destination.js";
export { type MemoryTable, memorySource } from "./memory-source.js";
export { type MemoryRow, type MemoryStore, memoryStore, type StoredTable } from "./memory-store.js";
export { readFixture } from "./read-fixture.js";
export { readRequest, readStream, type StreamRead } from "./read-stream.js";
export { type HttpRecorder, httpRecorder, type RecorderOptions } from "./recording/http-recorder.js";
export type { RecordedAnswer, RecordedExchange, RecordedRequest, Recording } from "./recording/recording.js";
export { readRecording, writeRecording } from "./recording/recording-file.js";
export { type Replayed, replayed } from "./recording/replayed.js";
export {
  type PreparedSource,
  type SourceFixture,
  type StreamFixture,
  sourceConformance,
} from "./source-conformance.js";
export { type TestContext, testContext } from "./test-context.js";
export type { TestFramework } from "./test-framework.js";
