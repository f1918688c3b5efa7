import assert from "node:assert/strict";
import { vectorBytes } from "../batch/vector.js";
import { ConfigError, SluiceError } from "../errors.js";
import type { Json, JsonObject } from "../json.js";
import { formatType, parseType } from "../schema/column-type.js";
import { type Stream, streamId } from "../schema/stream.js";
import type { OpenSource, ReadRequest, Source } from "../source.js";
import { type CanonicalRow, sortedRows } from "./canonical-rows.js";
import { filterTests } from "./filter-tests.js";
import { readRequest, readStream, type StreamRead } from "./read-stream.js";
import { type TestContext, testContext } from "./test-context.js";
import type { TestFramework } from "./test-framework.js";

/** A system with known content for a source to read. */
export interface SourceFixture {
  readonly name: string;
  readonly source: Source;
  /** Fills a system; returns the config that reaches it, as a user writes it. Called once. */
  prepare(): Promise<PreparedSource>;
  /** Streams that the system has; more may be there. */
  readonly streams: readonly StreamFixture[];
}

export interface PreparedSource {
  readonly config: JsonObject;
  /** Relative paths in the config are relative to this folder. */
  readonly projectDir?: string;
  remove?(): Promise<void>;
}

export interface StreamFixture {
  /** As `namespace.name`. */
  readonly stream: string;
  /** What `discover` must say of the columns, in order: types as `formatType` writes them. */
  readonly columns: Readonly<Record<string, string>>;
  readonly primaryKey?: readonly string[];
  /** The rows that are there, as canonical text (see `valueText`), in any order. At least five. */
  readonly rows: readonly CanonicalRow[];
  /** Read it incrementally too. */
  readonly incremental?: {
    /** Absent where the source finds what is new by other means. */
    readonly cursorField?: string;
    /** Adds rows that are newer than all there were; returns them. */
    grow(): Promise<readonly CanonicalRow[]>;
  };
}

/** How long a read may go on after it was told to stop. */
const stopMs = 5_000;

/**
 * The tests that every source passes. They assert with node:assert and need no framework but the functions given:
 * `sourceConformance({ describe, test, afterAll }, fixture)`.
 */
export function sourceConformance({ describe, test, afterAll }: TestFramework, fixture: SourceFixture): void {
  let prepared: Promise<PreparedSource> | undefined;
  const prepare = () => (prepared ??= fixture.prepare());

  async function withSource(body: (source: OpenSource, context: TestContext) => Promise<void>): Promise<void> {
    const { config, projectDir } = await prepare();
    const context = testContext(projectDir === undefined ? {} : { projectDir });
    const source = await fixture.source.open(fixture.source.config.parse(config), context);
    try {
      await body(source, context);
    } finally {
      await within(stopMs, source.close(), "close");
      context.remove();
    }
  }

  /** A test over one opened source and one discovered stream. */
  function streamTest(
    name: string,
    expected: StreamFixture,
    body: (source: OpenSource, stream: Stream) => Promise<void>,
  ) {
    test(name, () => withSource(async (source) => body(source, await discovered(source, expected.stream))));
  }

  describe(`source ${fixture.name}`, () => {
    afterAll(async () => {
      await (await prepared)?.remove?.();
    });

    test("check passes", () => withSource((source) => source.check()));

    test("discover describes streams that can be read", () =>
      withSource(async (source) => {
        const { streams } = await source.discover();
        assert.equal(new Set(streams.map(streamId)).size, streams.length, "two streams have one name");
        streams.forEach(checkStream);
      }));

    test("a stream that is not there is an error that the user can act on", () =>
      withSource(async (source) => {
        const stream = await discovered(source, fixture.streams[0]!.stream);
        const read = readStream(source, readRequest({ ...stream, name: "no_such_stream" }));
        await assert.rejects(read, (error) => error instanceof SluiceError && error.kind !== "system");
      }));

    for (const expected of fixture.streams) {
      describe(expected.stream, () => {
        test("is discovered with its columns, types and key", () =>
          withSource(async (source) => {
            const { streams } = await source.discover({ streams: [expected.stream] });
            assert.deepEqual(streams.map(streamId), [expected.stream]);
            const [stream] = streams;
            const types = Object.fromEntries(stream!.columns.map(({ name, type }) => [name, formatType(type)]));
            assert.deepEqual(types, expected.columns);
            assert.deepEqual(Object.keys(types), Object.keys(expected.columns));
            if (expected.primaryKey !== undefined) assert.deepEqual(stream!.primaryKey, expected.primaryKey);
          }));

        streamTest(
          "a full read gives every row, exactly, and ends with a checkpoint",
          expected,
          async (source, stream) => {
            const read = await readStream(source, readRequest(stream));
            assert.deepEqual(sortedRows(read.rows), sortedRows(expected.rows));
            assert.equal(read.last?.type, "checkpoint");
          },
        );

        streamTest("columns come as asked for: a part of them, in another order", expected, async (source, stream) => {
          const columns = Object.keys(expected.columns).filter((_, i) => i % 2 === 0);
          columns.reverse();
          const read = await readStream(source, readRequest(stream, { columns }));
          const wanted = expected.rows.map((row) =>
            Object.fromEntries(columns.map((name) => [name, row[name] ?? null])),
          );
          assert.deepEqual(sortedRows(read.rows), sortedRows(wanted));
        });

        streamTest("batches keep to their limits of rows and bytes", expected, async (source, stream) => {
          const few = await readStream(source, readRequest(stream, { batch: { rows: 3, bytes: 1024 * 1024 } }));
          assert.deepEqual(
            few.batches.map(({ rows }) => rows).filter((rows) => rows > 3),
            [],
          );
          const bytes = 100;
          const small = await readStream(source, readRequest(stream, { batch: { rows: 8192, bytes } }));
          for (const { vectors, rows } of small.batches) {
            // The offset before the first row and the last byte of bits are no row's.
            const before = vectors.reduce((sum, vector) => sum + vectorBytes(vector, rows - 1) - 5, 0);
            assert.ok(rows === 1 || before < bytes, `a batch went on after ${before} bytes of ${bytes}`);
          }
          assert.deepEqual(sortedRows(small.rows), sortedRows(expected.rows));
        });

        for (const rereads of ["forbidden", "merged"] as const) {
          streamTest(`resumes from every checkpoint, rereads ${rereads}`, expected, async (source, stream) => {
            const request = readRequest(stream, { rereads, batch: { rows: 2, bytes: 1024 * 1024 } });
            await resumeEverywhere(source, request, expected);
          });
        }

        streamTest("applies filters itself, exactly", expected, (source, stream) =>
          filterTests(source, stream, expected),
        );

        streamTest("ends soon after the reader leaves, and can be read again", expected, async (source, stream) => {
          const request = readRequest(stream, { batch: { rows: 1, bytes: 1024 } });
          for await (const _ of source.read(request)) break;
          const read = await readStream(source, readRequest(stream));
          assert.equal(read.rows.length, expected.rows.length);
        });

        streamTest("ends soon after its signal is aborted", expected, async (source, stream) => {
          const controller = new AbortController();
          const request = readRequest(stream, { batch: { rows: 1, bytes: 1024 }, signal: controller.signal });
          const reading = (async () => {
            for await (const message of source.read(request)) if (message.type === "batch") controller.abort();
          })();
          await within(
            stopMs,
            reading.catch(() => undefined),
            "the read",
          );
        });

        streamTest("two reads at once do not disturb each other", expected, async (source, stream) => {
          const request = readRequest(stream, { batch: { rows: 2, bytes: 1024 } });
          const reads = await Promise.all([readStream(source, request), readStream(source, request)]);
          for (const { rows } of reads) assert.deepEqual(sortedRows(rows), sortedRows(expected.rows));
        });

        const { incremental } = expected;
        if (incremental !== undefined) {
          for (const rereads of ["forbidden", "merged"] as const) {
            streamTest(`reads incrementally, rereads ${rereads}`, expected, async (source, stream) => {
              const batch = { rows: 2, bytes: 1024 * 1024 };
              await resumeEverywhere(source, incrementalRequest(stream, incremental, { rereads, batch }), expected);
            });
          }
        }
      });
    }

    // Last: these change the system. The source is closed meanwhile, since some systems can be open only once.
    for (const expected of fixture.streams) {
      const { stream: name, rows, incremental } = expected;
      if (incremental === undefined) continue;
      test(`${name} gives what is new, and only that`, async () => {
        let state: Json | undefined;
        const newRows = async () => {
          let read: StreamRead | undefined;
          await withSource(async (source) => {
            const request = incrementalRequest(await discovered(source, name), incremental);
            read = await readStream(source, state === undefined ? request : { ...request, state });
            state = read.checkpoints.at(-1)?.state ?? state;
          });
          return sortedRows(read?.rows ?? []);
        };
        assert.deepEqual(await newRows(), sortedRows(rows));
        assert.deepEqual(await newRows(), []);
        const added = await incremental.grow();
        assert.deepEqual(await newRows(), sortedRows(added));
        assert.deepEqual(await newRows(), []);
      });
    }
  });
}

function incrementalRequest(
  stream: Stream,
  { cursorField }: NonNullable<StreamFixture["incremental"]>,
  overrides: Partial<ReadRequest> = {},
): ReadRequest {
  assert.ok(stream.readModes.includes("incremental"), "discover does not offer incremental reads");
  return readRequest(stream, {
    mode: "incremental",
    ...(cursorField === undefined ? {} : { cursorField }),
    ...overrides,
  });
}

/** From each checkpoint of a read: what came before it and a read from it make the whole, doubled at most where allowed. */
async function resumeEverywhere(source: OpenSource, request: ReadRequest, expected: StreamFixture): Promise<void> {
  const whole = await readStream(source, request);
  assert.deepEqual(sortedRows(whole.rows), sortedRows(expected.rows));
  for (const { state, rows } of whole.checkpoints) {
    const saved: Json = JSON.parse(JSON.stringify(state));
    const rest = await readStream(source, { ...request, state: saved });
    const both = [...whole.rows.slice(0, rows), ...rest.rows];
    const found = request.rereads === "forbidden" ? both : distinct(both);
    const wanted = request.rereads === "forbidden" ? expected.rows : distinct(expected.rows);
    assert.deepEqual(sortedRows(found), sortedRows(wanted), `resumed from ${JSON.stringify(state)}`);
  }
}

function distinct(rows: readonly CanonicalRow[]): CanonicalRow[] {
  const sorted = sortedRows(rows);
  return sorted.filter((row, i) => i === 0 || JSON.stringify(row) !== JSON.stringify(sorted[i - 1]));
}

async function discovered(source: OpenSource, name: string): Promise<Stream> {
  const { streams } = await source.discover({ streams: [name], inference: "exhaustive" });
  const stream = streams.find((candidate) => streamId(candidate) === name);
  if (stream === undefined) throw new ConfigError("stream.unknown", `discover does not find '${name}'`);
  return stream;
}

function checkStream(stream: Stream): void {
  const names = stream.columns.map(({ name }) => name);
  const id = streamId(stream);
  assert.equal(new Set(names).size, names.length, `${id}: two columns have one name`);
  for (const { type } of stream.columns) assert.deepEqual(parseType(formatType(type)), type);
  for (const name of [...stream.primaryKey, ...stream.cursorFields])
    assert.ok(names.includes(name), `${id}: no column ${name}`);
  assert.ok(stream.readModes.length > 0, `${id}: no read mode`);
  assert.ok((stream.estimatedRows ?? 0) >= 0, `${id}: estimates fewer than no rows`);
}

async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
