import {
  type Batch,
  type BatchLimits,
  type Column,
  DataError,
  formatType,
  layoutOf,
  type ReadRequest,
  type Vector,
} from "../../../sdk/index.js";
import type { DataFile } from "../files/source-file.js";
import { filterBatch } from "../filter-batch.js";
import type { ColumnEvidence, FileReader, ReaderContext } from "../reader.js";
import { isOpen } from "../stream-columns.js";
import { addEvidence, noEvidence, type TextEvidence } from "../text/text-evidence.js";
import { jsonLinesGuard } from "./guard/json-lines-guard.js";
import { type JsonColumn, jsonColumn } from "./json-column.js";
import { isKnown, jsonEvidence } from "./json-evidence.js";
import { jsonFraming } from "./json-framing.js";
import { jsonLinesScan } from "./json-lines-scan.js";
import { type JsonRecord, jsonRecords } from "./json-records.js";
import { memberSlots } from "./member-slots.js";

/** Reads JSON documents and JSON lines; nested values stay the text they are. */
export function jsonReader(reader: ReaderContext): FileReader {
  const { config } = reader;

  async function* records(file: DataFile): AsyncGenerator<Iterable<JsonRecord>> {
    yield* jsonRecords(file, await jsonFraming(file, config.json.records), config.json.max_record_bytes);
  }

  return {
    async inspect(file, sampleRows = Number.POSITIVE_INFINITY) {
      const evidence: TextEvidence[] = [];
      const slots = memberSlots();
      let rows = 0;
      const look = (slot: number, bytes: Buffer, start: number, end: number) => {
        const known = evidence[slot] ?? noEvidence;
        if (slot < evidence.length && isKnown(known, bytes, start, end)) return;
        evidence[slot] = addEvidence(known, jsonEvidence(bytes, start, end));
      };
      for await (const run of records(file)) {
        for (const record of run) {
          slots.each(record, look);
          if (++rows >= sampleRows) break;
        }
        if (rows >= sampleRows) break;
      }
      return slots.names().map((name, slot): ColumnEvidence => ({ name, nullable: true, values: evidence[slot]! }));
    },
    async *read(file, { columns, request }) {
      const guard = isScannable(file, request) ? jsonLinesGuard(columns) : undefined;
      if (guard !== undefined) {
        yield* jsonLinesScan({ reader, guard, file, columns, request });
        return;
      }
      const named = new Map(columns.map((column) => [column.name, column]));
      const filtered = (request.filter ?? []).map(({ column }) => column);
      const wanted = [...new Set([...request.columns, ...filtered])].map((name) => named.get(name)!);
      const rows = rowWriter(file, columns, wanted, request.batch);
      const give = (batch: Batch) => filterBatch(batch, request.filter ?? [], request.columns);
      for await (const run of records(file)) {
        request.signal.throwIfAborted();
        for (const record of run) {
          rows.add(record);
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

/** After a mismatch the records are read one by one, whatever was the matter. */
function isScannable(file: DataFile, request: ReadRequest): boolean {
  return request.scans && request.inference === "optimistic" && file.format === "jsonl" && file.compression === "none";
}

/** Packs records into batches of the wanted columns. */
function rowWriter(file: DataFile, columns: readonly Column[], wanted: readonly Column[], limits: BatchLimits) {
  const known = new Map(columns.map((column) => [column.name, column]));
  const slots = memberSlots();
  const writers: JsonColumn[] = wanted.map(({ type }) => jsonColumn(type));
  /** For each slot its column's place in `wanted`; undefined: known, and not wanted. */
  const places: (number | undefined)[] = [];
  const open = wanted.map(isOpen);
  const fixedBytes = wanted.reduce((sum, column) => sum + slotBytes(column), 0);
  let rows = 0;
  /** More than what the builders hold, which would cost more to ask. */
  let held = 0;

  function placeOf(slot: number, record: JsonRecord): number | undefined {
    if (slot < places.length) return places[slot];
    const name = slots.names()[slot]!;
    if (!known.has(name)) throw mismatch(record, name, "is new: no record before it had it");
    const place = wanted.findIndex((column) => column.name === name);
    places[slot] = place < 0 ? undefined : place;
    return places[slot];
  }

  function mismatch(record: JsonRecord, column: string, what: string): DataError {
    const line = record.line();
    return new DataError("type.mismatch", `${file.name}:${line}: column '${column}' ${what}`, {
      column,
      row: String(line),
      hint: "look at every value before the types are chosen",
    });
  }

  function shown(bytes: Buffer, start: number, end: number): string {
    const text = bytes.toString("utf8", start, Math.min(end, start + 80));
    return end - start > 80 ? `${text}…` : text;
  }

  let current: JsonRecord | undefined;
  function put(slot: number, bytes: Buffer, start: number, end: number): void {
    const record = current!;
    const place = placeOf(slot, record);
    if (place === undefined) return;
    const column = wanted[place]!;
    const isNull = bytes[start] === 0x6e;
    if ((isNull || !open[place]!) && writers[place]!.append(bytes, start, end)) return;
    const seemed = open[place]! ? "seemed to be empty" : `seemed to be ${formatType(column.type)}`;
    throw mismatch(record, column.name, `${seemed} and holds ${shown(bytes, start, end)}`);
  }

  return {
    add(record: JsonRecord): void {
      current = record;
      slots.each(record, put);
      rows++;
      held += record.end - record.start + fixedBytes;
      for (const { builder } of writers) if (builder.rows < rows) builder.appendNull();
    },
    full(): boolean {
      return rows >= limits.rows || held >= limits.bytes;
    },
    take(): Batch {
      const vectors: Vector[] = writers.map(({ builder }) => builder.finish());
      const batch = { rows, columns: wanted, vectors };
      rows = 0;
      held = 0;
      return batch;
    },
  };
}

/** The bytes of a value beside its text: its slot, or where it ends. */
function slotBytes({ type }: Column): number {
  const layout = layoutOf(type);
  return layout.layout === "fixed" ? layout.width : 4;
}
