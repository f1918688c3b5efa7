import { createHash } from "node:crypto";
import type { Message, ReadRequest } from "../../sdk/index.js";
import type { Connection } from "../../sdk/sql/duckdb/database.js";
import { quoteIdentifier, quoteLiteral, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { readBatches } from "../../sdk/sql/duckdb/read.js";
import { requireRelation } from "./catalog.js";
import type { DuckdbConfig } from "./config.js";
import { readNews } from "./incremental.js";
import type { Relation } from "./relation.js";
import { readByWindows } from "./row-windows.js";
import { relationSql, type Selection, selectionOf, selectSql } from "./select.js";
import { widthOfWideRows } from "./wide-rows.js";

export interface ReadContext {
  readonly connection: Connection;
  readonly config: DuckdbConfig;
  readonly path: string;
  readonly request: ReadRequest;
}

/**
 * Reads a stream. The file is locked against writers while it is open, so every statement sees the same rows; the one
 * checkpoint comes at the end.
 */
export async function* readStream(context: ReadContext): AsyncGenerator<Message, void, undefined> {
  const { connection, config, request } = context;
  const relation = await requireRelation(connection, config, request.stream);
  const own = selectionOf(relation, relationSql(relation, config), request);
  const width = await widthOfWideRows(context, relation, own.columns);
  const attached =
    request.scans && relation.isTable && width === undefined ? attachment(context.path, relation) : undefined;
  const selection = attached === undefined ? own : { ...own, from: attached.table };
  const reading = { attached, width, table: own.from };
  if (request.mode === "full_refresh") {
    if (isRead(request)) return;
    yield* rowsOf(context, [selection], reading);
    yield { type: "checkpoint", state: { read: true } };
    return;
  }
  const { parts, state } = await readNews({ connection, relation, own, selection, request });
  yield* rowsOf(context, parts, reading);
  yield { type: "checkpoint", state };
}

/** A full read that was committed to its end has nothing more to give. */
function isRead({ state }: ReadRequest): boolean {
  return typeof state === "object" && state !== null && "read" in state;
}

/** How the rows of a stream are fetched. */
interface Reading {
  /** Where the destination scans the table itself. */
  readonly attached: Attachment | undefined;
  /** The bytes of a row where the table's are wide. */
  readonly width: number | undefined;
  /** The table in SQL: a part that is not taken straight from it has no `rowid`. */
  readonly table: string;
}

async function* rowsOf(
  { connection, path, request }: ReadContext,
  parts: readonly Selection[],
  { attached, width, table }: Reading,
): AsyncGenerator<Message, void, undefined> {
  const { batch: limits, signal } = request;
  const read = (part: Selection) => readBatches(connection, selectSql(part), { columns: part.columns, limits, signal });
  for (const part of parts) {
    if (attached !== undefined) {
      const { setup, undo } = attached;
      yield { type: "scan", scan: { sql: selectSql(part), columns: part.columns, origin: path, setup, undo } };
      continue;
    }
    const batches =
      width === undefined || part.from !== table
        ? read(part)
        : readByWindows({ connection, selection: part, rowBytes: width, read });
    for await (const batch of batches) yield { type: "batch", batch };
  }
}

/** How another DuckDB of this process reads a table of the file by itself. */
interface Attachment {
  readonly table: string;
  readonly setup: readonly string[];
  readonly undo: readonly string[];
}

function attachment(path: string, { schema, name }: Relation): Attachment {
  const database = quoteIdentifier(`sluice_${createHash("sha256").update(path).digest("hex").slice(0, 16)}`);
  return {
    table: `${database}.${quoteTable({ schema, name })}`,
    setup: [`ATTACH IF NOT EXISTS ${quoteLiteral(path)} AS ${database} (READ_ONLY)`],
    undo: [`DETACH DATABASE IF EXISTS ${database}`],
  };
}
