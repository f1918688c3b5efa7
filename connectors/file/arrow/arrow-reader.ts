import { open } from "node:fs/promises";
import { type RecordBatch, RecordBatchReader, type Schema } from "apache-arrow";
import { fromRecordBatch } from "../../../sdk/batch/arrow.js";
import {
  type Batch,
  batchBytes,
  type Column,
  DataError,
  formatType,
  type ReadRequest,
  sameType,
} from "../../../sdk/index.js";
import { openBytes } from "../files/open-bytes.js";
import type { DataFile } from "../files/source-file.js";
import { filterBatch } from "../filter-batch.js";
import type { FileReader } from "../reader.js";
import { arrowConversion, arrowType } from "./arrow-field.js";

/** Reads Arrow IPC files and streams (https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc). */
export function arrowReader(): FileReader {
  return {
    async inspect(file) {
      const reader = await openArrow(file);
      try {
        return reader.schema.fields.map((field) => ({
          name: field.name,
          declared: arrowType(field, file.name),
          nullable: field.nullable,
        }));
      } finally {
        await reader.cancel();
      }
    },
    async *read(file, { columns, request }) {
      const reader = await openArrow(file);
      refuseOtherColumns(file, reader.schema, columns);
      for await (const recordBatch of damageNamed(file, reader)) {
        for (const batch of slices(recordBatch, file, request)) {
          request.signal.throwIfAborted();
          const wanted = filterBatch(batch, request.filter ?? [], request.columns);
          if (wanted.rows > 0) yield { type: "batch", batch: wanted };
        }
      }
    },
  };
}

async function openArrow(file: DataFile) {
  try {
    await refuseCutFile(file);
    const reader = await RecordBatchReader.from(openBytes(file));
    await reader.open();
    if (reader.schema === undefined) throw new Error("it has no schema");
    return reader;
  } catch (cause) {
    throw damaged(file, cause);
  }
}

const magic = "ARROW1";

/** A file, unlike a stream, ends as it begins; the library reads it as a stream and would not miss its end. */
async function refuseCutFile({ path, size, compression }: DataFile): Promise<void> {
  if (compression !== "none") return;
  const handle = await open(path, "r");
  try {
    const textAt = async (position: number) => {
      const { buffer } = await handle.read(Buffer.alloc(magic.length), 0, magic.length, Math.max(0, position));
      return buffer.toString("latin1");
    };
    if ((await textAt(0)) === magic && (await textAt(size - magic.length)) !== magic)
      throw new Error("its end is missing");
  } finally {
    await handle.close();
  }
}

async function* damageNamed(file: DataFile, batches: AsyncIterable<RecordBatch>): AsyncGenerator<RecordBatch> {
  try {
    yield* batches;
  } catch (cause) {
    throw damaged(file, cause);
  }
}

function damaged(file: DataFile, cause: unknown): unknown {
  if (cause instanceof DataError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataError("file.damaged", `${file.name}: no complete Arrow file: ${reason}`, {
    cause,
    hint: "copy the file again, or wait until its writer has finished",
  });
}

/** A record batch in pieces of the size asked for. */
function* slices(recordBatch: RecordBatch, file: DataFile, { batch: limits }: ReadRequest): Generator<Batch> {
  const rows = recordBatch.numRows;
  if (rows === 0) return;
  const first = toBatch(recordBatch.slice(0, Math.min(rows, 256)), file);
  const rowBytes = Math.max(1, batchBytes(first) / first.rows);
  const step = Math.max(1, Math.min(limits.rows, Math.floor(limits.bytes / rowBytes)));
  for (let start = 0; start < rows; start += step) {
    yield toBatch(recordBatch.slice(start, Math.min(rows, start + step)), file);
  }
}

function toBatch(recordBatch: RecordBatch, file: DataFile): Batch {
  const { fields } = recordBatch.schema;
  const converted = fields.map((field) => arrowConversion(field, file.name));
  const plain = fields.filter((_, i) => converted[i] === undefined);
  const direct = plain.length === 0 ? undefined : fromRecordBatch(recordBatch.select(plain.map(({ name }) => name)));
  let next = 0;
  const parts = fields.map((field, i) => {
    const conversion = converted[i];
    const at = conversion === undefined ? next++ : 0;
    const vector = conversion?.convert(recordBatch.data.children[i]!) ?? direct!.vectors[at]!;
    const type = conversion?.type ?? direct!.columns[at]!.type;
    return { column: { name: field.name, type, nullable: field.nullable }, vector };
  });
  return {
    rows: recordBatch.numRows,
    columns: parts.map(({ column }) => column),
    vectors: parts.map(({ vector }) => vector),
  };
}

/** Files of one stream must agree: nothing widens one Arrow batch after another. */
function refuseOtherColumns(file: DataFile, { fields }: Schema, columns: readonly Column[]): void {
  for (const column of columns) {
    const field = fields.find(({ name }) => name === column.name);
    const type = field === undefined ? undefined : arrowType(field, file.name);
    if (type !== undefined && sameType(type, column.type)) continue;
    const found = type === undefined ? "lacks it" : `has ${formatType(type)}`;
    throw new DataError(
      "file.columns_differ",
      `${file.name} ${found}, where column '${column.name}' is ${formatType(column.type)}`,
      {
        column: column.name,
        hint: "make streams of Arrow files with the same columns, or convert them to Parquet",
      },
    );
  }
}
