import { createHash } from "node:crypto";
import type { Message, ReadRequest } from "../../sdk/index.js";
import type { Connection } from "../../sdk/sql/duckdb/database.js";
import { quoteIdentifier, quoteLiteral, quoteTable } from "../../sdk/sql/duckdb/identifiers.js";
import { readBatches } from "../../sdk/sql/duckdb/read.js";
import { requireRelation } from "./catalog.js";
import type { DuckdbConfig } from "./config.js";
import { readNews } from "./incremental.js";
import type { Relation } from "./relation.js";
import { relationSql, type Selection, selectionOf, selectSql } from "./select.js";
import { hasWideRows } from "./wide-rows.js";

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
  const scans = request.scans && relation.isTable && !(await hasWideRows(connection, relation));
  const attached = scans ? attachment(context.path, relation) : undefined;
  const selection = attached === undefined ? own : { ...own, from: attached.table };
  if (request.mode === "full_refresh") {
    if (isRead(request)) return;
    yield* rowsOf(context, [selection], attached);
    yield { type: "checkpoint", state: { read: true } };
    return;
  }
  const { parts, state } = await readNews({ connection, relation, own, selection, request });
  yield* rowsOf(context, parts, attached);
  yield { type: "checkpoint", state };
}

/** A full read that was committed to its end has nothing more to give. */
function isRead({ state }: ReadRequest): boolean {
  return typeof state === "object" && state !== null && "read" in state;
}

async function* rowsOf(
  { connection, path, request }: ReadContext,
  parts: readonly Selection[],
  attached: Attachment | undefined,
): AsyncGenerator<Message, void, undefined> {
  const { batch: limits, signal } = request;
  for (const part of parts) {
    const { columns } = part;
    const sql = selectSql(part);
    if (attached !== undefined) {
      const { setup, undo } = attached;
      yield { type: "scan", scan: { sql, columns, origin: path, setup, undo } };
      continue;
    }
    for await (const batch of readBatches(connection, sql, { columns, limits, signal })) yield { type: "batch", batch };
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
