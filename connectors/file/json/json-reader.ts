import type { Batch, Column, ReadRequest } from "../../../sdk/index.js";
import type { JsonRecords } from "../../../sdk/json/json-records.js";
import type { DataFile } from "../files/source-file.js";
import { filterBatch } from "../filter-batch.js";
import type { ColumnEvidence, FileReader, ReaderContext } from "../reader.js";
import { addEvidence, noEvidence, type TextEvidence } from "../text/text-evidence.js";
import { type JsonLinesGuard, jsonLinesGuard } from "./guard/json-lines-guard.js";
import { isKnown, jsonEvidence } from "./json-evidence.js";
import { jsonFraming } from "./json-framing.js";
import type { JsonRun } from "./json-input.js";
import { jsonLinesScan } from "./json-lines-scan.js";
import { jsonRecords } from "./json-records.js";
import { runWriter } from "./run-writer.js";

/** Reads JSON documents and JSON lines; nested values stay the text they are. */
export function jsonReader(reader: ReaderContext): FileReader {
  const { config } = reader;

  async function* runs(file: DataFile): AsyncGenerator<JsonRun> {
    yield* jsonRecords(file, await jsonFraming(file, config.json.records), config.json.max_record_bytes);
  }

  return {
    async inspect(file, sampleRows = Number.POSITIVE_INFINITY) {
      const found = new Map<string, TextEvidence>();
      let rows = 0;
      for await (const { records } of runs(file)) {
        const count = Math.min(records.count, sampleRows - rows);
        for (const slot of new Set(records.used)) {
          const key = records.keys[slot]!;
          const values = evidenceOf(records, slot, count, found.get(key));
          if (values !== undefined) found.set(key, values);
        }
        rows += count;
        if (rows >= sampleRows) break;
      }
      return [...found].map(([name, values]): ColumnEvidence => ({ name, nullable: true, values }));
    },
    async *read(file, { columns, request }) {
      const guard = await guardOf(file, columns, request);
      if (guard !== undefined) {
        yield* jsonLinesScan({ reader, guard, file, columns, request });
        return;
      }
      const rows = runWriter({ file, columns, request });
      const give = (batch: Batch) => filterBatch(batch, request.filter ?? [], request.columns);
      for await (const run of runs(file)) {
        request.signal.throwIfAborted();
        for (let next = 0; next < run.records.count; ) {
          next = rows.add(run, next);
          if (!rows.full()) continue;
          const batch = give(rows.take());
          if (batch.rows > 0) yield { type: "batch", batch };
        }
      }
      const batch = give(rows.take());
      if (batch.rows > 0) yield { type: "batch", batch };
    },
  };
}

/** The guard of a scan whose first lines it passes. After a mismatch DuckDB's reader is not asked again, whatever was the matter. */
async function guardOf(
  file: DataFile,
  columns: readonly Column[],
  request: ReadRequest,
): Promise<JsonLinesGuard | undefined> {
  if (!request.scans || request.inference !== "optimistic") return undefined;
  if (file.format !== "jsonl" || file.compression !== "none") return undefined;
  const guard = jsonLinesGuard(columns);
  const passes = guard?.check(file, request.signal, "head").then(
    () => true,
    () => false,
  );
  return (await passes) === true ? guard : undefined;
}

/** What the values of one key say in the first records of a run, beside what is known; undefined where there are none. */
function evidenceOf(
  { bytes, starts, ends, forms }: JsonRecords,
  slot: number,
  count: number,
  before: TextEvidence | undefined,
): TextEvidence | undefined {
  let known = before;
  for (let record = 0; record < count; record++) {
    const [start, end] = [starts[slot]![record]!, ends[slot]![record]!];
    if (forms[slot]![record] === 0 || (known !== undefined && isKnown(known, bytes, start, end))) continue;
    known = addEvidence(known ?? noEvidence, jsonEvidence(bytes, start, end));
  }
  return known;
}
