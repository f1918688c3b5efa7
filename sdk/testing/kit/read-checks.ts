import { vectorBytes } from "../../batch/vector.js";
import { filterCases } from "../filter-tests.js";
import { readStream } from "../read-stream.js";
import type { Check } from "./check.js";
import { expectSameRows, readAll, type StreamTrial, shown, smallBatches, within } from "./stream-trial.js";
import { expect, NotApplicable } from "./verdict.js";

/** How long a read may go on after it was told to stop. */
const stopMs = 5_000;
/** Columns that filters are tried on: every one of them is read once for each operator. */
const filteredColumns = 3;

/** What is asked of a full read. */
export const readChecks: readonly Check<StreamTrial>[] = [
  {
    name: "keys name rows",
    advice:
      "the primary key must have a value in every row and never the same twice: correct primaryKey, or leave it out",
    async run({ stream: { primaryKey }, whole }) {
      if (primaryKey.length === 0) throw new NotApplicable("it has no primary key");
      const seen = new Set<string>();
      for (const row of whole.rows) {
        const empty = primaryKey.find((name) => row[name] === null);
        expect(empty === undefined, `'${empty}' is null in ${shown(row)}`);
        const key = JSON.stringify(primaryKey.map((name) => row[name]));
        expect(!seen.has(key), `two rows have the key ${key}`);
        seen.add(key);
      }
    },
  },
  {
    name: "a read ends with a checkpoint",
    advice: 'yield { type: "checkpoint", state } last, covering everything before it: without it nothing is committed',
    async run({ whole }) {
      expect(whole.last?.type === "checkpoint", `the last message is ${whole.last?.type ?? "none"}`);
    },
  },
  {
    name: "reads again, and twice at once",
    advice: "keep what a read needs inside of it: two reads of one opened source must not share cursors or buffers",
    async run({ open, whole }) {
      await open(async (source, request) => {
        const reads = await Promise.all([
          readAll(source, request({ batch: smallBatches })),
          readAll(source, request()),
        ]);
        for (const { rows } of reads) expectSameRows(rows, whole.rows, "another read of the same stream");
      });
    },
  },
  {
    name: "gives the columns asked for",
    advice: "give request.columns, all of them, in that order, and no others",
    async run({ open, stream, whole }) {
      const columns = stream.columns
        .map(({ name }) => name)
        .filter((_, i) => i % 2 === 0)
        .reverse();
      const { rows } = await open((source, request) => readAll(source, request({ columns })));
      const wanted = whole.rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null])));
      expectSameRows(rows, wanted, `asked for ${columns.join(", ")}`);
    },
  },
  {
    name: "batches keep to their limits",
    advice:
      "end a batch at request.batch.rows or .bytes, whichever comes first: createPacker(columns, { limits: request.batch }) does",
    async run({ open }) {
      await open(async (source, request) => {
        const few = await readAll(source, request({ batch: { rows: 3, bytes: 1024 * 1024 } }));
        const long = few.batches.find(({ rows }) => rows > 3);
        expect(long === undefined, `a batch of at most 3 rows has ${long?.rows}`);
        const bytes = 200;
        const small = await readAll(source, request({ batch: { rows: 8192, bytes } }));
        for (const { vectors, rows } of small.batches) {
          // The offset before the first row and the last byte of bits are no row's.
          const before = vectors.reduce((sum, vector) => sum + vectorBytes(vector, rows - 1) - 5, 0);
          expect(rows === 1 || before < bytes, `a batch of at most ${bytes} bytes went on at ${before}`);
        }
      });
    },
  },
  {
    name: "filters exactly",
    advice:
      "apply every predicate of request.filter to every row, in the server's query or by rowMatcher; null matches no comparison",
    async run({ open, stream, whole }) {
      await open(async (source, request) => {
        for (const column of stream.columns.slice(0, filteredColumns)) {
          for (const { operator, values, matches } of filterCases(column, whole.rows)) {
            const filter = [{ column: column.name, operator, values }];
            const { rows } = await readAll(source, request({ filter }));
            const wanted = whole.rows.filter((row) => matches(row[column.name] ?? null));
            expectSameRows(rows, wanted, `${column.name} ${operator} ${values.join(", ")}`);
          }
        }
      });
    },
  },
  {
    name: "ends when it is told to",
    advice:
      "heed request.signal (signal.throwIfAborted() in every loop, and hand it to what waits), and free what you hold in finally",
    async run({ open }) {
      await open(async (source, request) => {
        const reading = async () => {
          for await (const _ of source.read(request({ batch: { rows: 1, bytes: 1024 } }))) return;
        };
        await within(stopMs, reading(), "a read whose reader left");
        const controller = new AbortController();
        const { signal } = controller;
        const aborted = (async () => {
          let after = 0;
          for await (const message of source.read(request({ batch: { rows: 1, bytes: 1024 }, signal }))) {
            if (signal.aborted) after += message.type === "batch" ? 1 : 0;
            controller.abort();
          }
          return after;
        })().catch(() => 0);
        const after = await within(stopMs, aborted, "a read whose signal was aborted");
        expect(after < 3, `${after} batches came after its signal was aborted`);
        await readStream(source, request());
      });
    },
  },
];
