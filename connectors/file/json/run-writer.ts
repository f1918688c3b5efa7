import type { Member } from "../../../sdk/batch/json-runs.js";
import {
  type Batch,
  type Column,
  DataError,
  formatType,
  layoutOf,
  type ReadRequest,
  type Vector,
} from "../../../sdk/index.js";
import type { DataFile } from "../files/source-file.js";
import { isOpen } from "../stream-columns.js";
import { jsonColumn } from "./json-column.js";
import type { JsonRun } from "./json-input.js";

interface RunWriterOptions {
  readonly file: DataFile;
  /** The stream's columns. */
  readonly columns: readonly Column[];
  readonly request: ReadRequest;
}

/** Packs records into batches of the columns that are asked for, and those that the filter looks at. */
export interface RunWriter {
  /**
   * Takes records of a run from `from` on, until all are taken or the batch is full; returns the first that is left.
   * @throws DataError `type.mismatch` for a value that its column cannot hold exactly, and for a key that is no column
   */
  add(run: JsonRun, from: number): number;
  full(): boolean;
  take(): Batch;
}

export function runWriter({ file, columns, request }: RunWriterOptions): RunWriter {
  const { batch: limits } = request;
  const named = new Map(columns.map((column) => [column.name, column]));
  const names = new Set([...request.columns, ...(request.filter ?? []).map(({ column }) => column)]);
  const wanted = [...names].map((name) => named.get(name)!);
  const fields = wanted.map((column) => ({
    column,
    writer: jsonColumn(column),
    open: isOpen(column),
  }));
  const fixedBytes = wanted.reduce((sum, column) => sum + slotBytes(column), 0);
  /** Keys known to be columns. */
  let knownKeys = 0;
  let rows = 0;
  /** More than what the builders hold, which would cost more to ask. */
  let held = 0;

  function mismatch(line: number, column: string, what: string): DataError {
    return new DataError("type.mismatch", `${file.name}:${line}: column '${column}' ${what}`, {
      column,
      row: String(line),
      hint: "look at every value before the types are chosen",
    });
  }

  function requireKnown({ records, line }: JsonRun): void {
    for (; knownKeys < records.keys.length; knownKeys++) {
      const key = records.keys[knownKeys]!;
      if (named.has(key)) continue;
      const record = records.forms[knownKeys]!.findIndex((form) => form > 0);
      // A record that was not whole yet is not counted, and its keys come again.
      if (record < 0 || record >= records.count) return;
      throw mismatch(line(record), key, "is new: no record before it had it");
    }
  }

  function addMember(
    { records, line }: JsonRun,
    { column, writer, open }: (typeof fields)[number],
    first: number,
    end: number,
  ) {
    const slot = records.slots.get(column.name);
    if (slot === undefined) {
      for (let record = first; record < end; record++) writer.builder.appendNull();
      return;
    }
    const { bytes, words } = records;
    const [starts, ends, forms] = [records.starts[slot]!, records.ends[slot]!, records.forms[slot]!];
    const member: Member = { bytes, words, starts, ends, forms, numbers: records.numbers[slot], nullable: true };
    for (let record = first; ; record++) {
      record = writer.run(member, record, end);
      if (record === end) return;
      const [from, to] = [starts[record]!, ends[record]!];
      if (writer.append(bytes, from, to)) continue;
      const seemed = open ? "seemed to be empty" : `seemed to be ${formatType(column.type)}`;
      throw mismatch(line(record), column.name, `${seemed} and holds ${shown(bytes, from, to)}`);
    }
  }

  return {
    add(run, from) {
      requireKnown(run);
      const { bounds, count } = run.records;
      let end = from;
      for (; end < count && rows + end - from < limits.rows && held < limits.bytes; end++) {
        held += bounds[2 * end + 1]! - bounds[2 * end]! + fixedBytes;
      }
      for (const field of fields) addMember(run, field, from, end);
      rows += end - from;
      return end;
    },
    full: () => rows >= limits.rows || held >= limits.bytes,
    take() {
      const vectors: Vector[] = fields.map(({ writer }) => writer.builder.finish());
      const batch = { rows, columns: wanted, vectors };
      rows = 0;
      held = 0;
      return batch;
    },
  };
}

function shown(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, Math.min(end, start + 80));
  return end - start > 80 ? `${text}…` : text;
}

/** The bytes of a value beside its text: its slot, or where it ends. */
function slotBytes({ type }: Column): number {
  const layout = layoutOf(type);
  return layout.layout === "fixed" ? layout.width : 4;
}
