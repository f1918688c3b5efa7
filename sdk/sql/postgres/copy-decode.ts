import type { Batch, BatchLimits } from "../../batch/batch.js";
import type { SpareMemory } from "../../batch/memory.js";
import { layoutOf } from "../../batch/vector.js";
import { DataError, SystemError } from "../../errors.js";
import type { Column } from "../../schema/stream.js";
import type { CopyBlock, CopyReader } from "./copy-block.js";
import { signatureBytes } from "./copy-signature.js";
import { MalformedValue, UnfitValue, type Values } from "./decode/column-decoder.js";
import { createDecoder } from "./decode/create-decoder.js";
import { keyText } from "./decode/key-text.js";
import { type CatalogColumn, plainColumn } from "./table-columns.js";

export interface CopyDecoderOptions {
  readonly columns: readonly CatalogColumn[];
  readonly limits: BatchLimits;
  /** Whether texts may be invalid UTF-8: the database is in SQL_ASCII. */
  readonly unchecked: boolean;
  readonly spareMemory?: SpareMemory | undefined;
  /** The stream as `namespace.name`, and the columns that name a row: for messages. */
  readonly stream: string;
  readonly primaryKey: readonly string[];
}

const groupValues = 32 * 1024;

/**
 * Decodes COPY's binary format (https://www.postgresql.org/docs/current/sql-copy.html) into batches. Rows are taken in
 * groups: one pass notes where each value stands, then each column is decoded in a loop of its own type, so that neither a
 * call is made for a value nor code generated for a schema.
 *
 * @throws DataError for a value that its type cannot hold, naming stream, column and row
 */
export function copyDecoder(options: CopyDecoderOptions): CopyReader<Batch> {
  const { columns, limits, stream, primaryKey } = options;
  const batchColumns = columns.map(plainColumn);
  const decoders = columns.map((column) => createDecoder(column, options));
  const width = columns.length;
  const capacity = Math.max(1, Math.min(limits.rows, Math.floor(limits.bytes / fixedBytes(columns))));
  const groupRows = Math.max(1, Math.min(capacity, 1024, Math.floor(groupValues / Math.max(width, 1))));
  // By column, each in a stretch of its own; the odd length keeps the stretches out of the same cache sets.
  const stride = groupRows + 17;
  const positions = new Int32Array(stride * width);
  let begun = false;
  /** Bytes that stand before the first row, in its message. */
  let signature = 0;
  let total = 0;
  let rows = 0;
  let bytes = 0;
  let at = 0;
  let group = 0;

  function take(): Batch {
    const batch = { rows, columns: batchColumns, vectors: decoders.map((decoder) => decoder.finish(rows)) };
    rows = 0;
    bytes = 0;
    return batch;
  }

  function decodeGroup(values: Values, count: number): void {
    if (rows === 0) for (const decoder of decoders) decoder.begin(capacity);
    for (let column = 0; column < width; column++) {
      try {
        decoders[column]!.decode(values, column * stride, count, rows);
      } catch (error) {
        throw explained(error, column, values);
      }
    }
    rows += count;
    total += count;
  }

  function explained(error: unknown, column: number, values: Values): unknown {
    const { name } = columns[column]!;
    if (error instanceof MalformedValue) {
      return new SystemError("postgres.malformed_value", `${stream}: ${name}: ${error.message}`, {
        stream,
        column: name,
      });
    }
    if (!(error instanceof UnfitValue)) return error;
    const row = rowName(error.index, values);
    const details = { stream, column: name, row, hint: error.hint };
    return new DataError("value.unfit", `${stream}: ${name} of row ${row}: ${error.message}`, details);
  }

  function rowName(index: number, values: Values): string {
    const keys = primaryKey.map((key) => {
      const column = columns.findIndex(({ name }) => name === key);
      return column < 0 ? undefined : `${key}=${keyText(columns[column]!, values, column * stride + index)}`;
    });
    return keys.length === 0 || keys.includes(undefined) ? `number ${total + index + 1}` : keys.join(", ");
  }

  /** Notes the positions of as many rows as there is room for; says whether the batch is full then. */
  function scan({ view, end }: CopyBlock, room: number): boolean {
    group = 0;
    while (group < room && at < end) {
      const next = at + 1 + view.getInt32(at + 1);
      let field = at + 5 + signature;
      const size = next - field;
      const count = view.getInt16(field);
      if (count !== width) {
        if (count !== -1 || size !== 2) throw malformed(`${count} values where ${width} were selected`);
        at = next;
        continue;
      }
      if (bytes + size > limits.bytes && rows + group > 0) return true;
      field += 2;
      for (let slot = group; slot < positions.length; slot += stride) {
        const length = view.getInt32(field);
        field += 4;
        if (length < 0) {
          positions[slot] = -1;
        } else {
          positions[slot] = field;
          field += length;
        }
      }
      if (field !== next) throw malformed("values that do not fill it");
      bytes += size;
      signature = 0;
      group++;
      at = next;
    }
    return rows + group === capacity;
  }

  return {
    get rows() {
      return total;
    },
    *read(block) {
      const values = { bytes: block.bytes, view: block.view, positions, size: block.end - block.start };
      at = block.start;
      if (!begun) {
        begun = true;
        signature = signatureBytes(block);
        const next = at + 1 + block.view.getInt32(at + 1);
        if (at + 5 + signature === next) {
          at = next;
          signature = 0;
        }
      }
      while (at < block.end) {
        const full = scan(block, Math.min(groupRows, capacity - rows));
        if (group > 0) decodeGroup(values, group);
        if (full) yield take();
      }
    },
    finish() {
      return rows === 0 ? undefined : take();
    },
  };

  function malformed(what: string): SystemError {
    return new SystemError("postgres.malformed_row", `${stream}: row ${total + group + 1} has ${what}`, { stream });
  }
}

/** What a row takes at least, so that a batch of many narrow or null values keeps within its bytes. */
function fixedBytes(columns: readonly Column[]): number {
  const sizes = columns.map(({ type }) => {
    const layout = layoutOf(type);
    return layout.layout === "fixed" ? layout.width : layout.layout === "bits" ? 0.125 : 4;
  });
  return Math.max(
    1,
    sizes.reduce((sum, size) => sum + size, 0),
  );
}
