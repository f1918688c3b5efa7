import { randomUUID } from "node:crypto";
import { appendFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type QuarantinedRow, quarantineBuffer } from "../../sdk/index.js";
import { quoteLiteral } from "../../sdk/sql/duckdb/identifiers.js";
import type { Duck } from "./duck.js";
import { literalPath } from "./layout.js";
import type { QuarantineFile } from "./log/entry.js";
import { writeQuarantineFile } from "./quarantine-files.js";

/** The rejected rows of one load on their way into a file. */
export interface QuarantineSpool {
  add(rows: readonly QuarantinedRow[]): Promise<void>;
  /** Makes a file of them, durably; undefined where there are none. */
  finish(duck: Duck): Promise<QuarantineFile | undefined>;
  /** Removes what is kept aside. */
  discard(): Promise<void>;
}

export interface SpoolOptions {
  /** A scratch folder. */
  readonly workDir: string;
  /** The table's folder. */
  readonly root: string;
  /** Ends the file's name. */
  readonly tag: string;
  readonly connection: string;
  readonly stream: string;
  readonly loadId: number;
}

/** DuckDB's own least limit for a line of JSON. */
const lineBytes = 16 * 1024 * 1024;

/**
 * Keeps rejected rows as JSON lines in the scratch folder until the load is flushed: the engine is busy with the load's own
 * files, and a file for every handful of rows would be too many.
 */
export function quarantineSpool({ workDir, ...place }: SpoolOptions): QuarantineSpool {
  const path = join(workDir, `quarantine-${randomUUID()}.jsonl`);
  let rows = 0;
  let longest = 0;

  const buffer = quarantineBuffer(async (some) => {
    const lines = some.map(lineOf);
    for (const line of lines) longest = Math.max(longest, line.length);
    if (rows === 0) await mkdir(workDir, { recursive: true });
    await appendFile(path, lines.join(""));
    rows += some.length;
  });

  return {
    add: buffer.add,
    async finish(duck) {
      await buffer.flush();
      if (rows === 0) return undefined;
      const { connection, stream, loadId } = place;
      const [name, id] = [connection, stream].map(quoteLiteral);
      const columns =
        "{quarantine_id: 'VARCHAR', rule: 'VARCHAR', reason: 'VARCHAR', \"row\": 'VARCHAR', source_position: 'VARCHAR'}";
      // A character is at most three bytes of UTF-8.
      const options = `format = 'newline_delimited', columns = ${columns}, maximum_object_size = ${Math.max(lineBytes, longest * 3)}`;
      const select = `SELECT quarantine_id, CAST(${loadId} AS BIGINT) AS load_id, CAST(${name} AS VARCHAR) AS connection,
          CAST(${id} AS VARCHAR) AS stream, rule, reason, "row", source_position, now() AS quarantined_at,
          CAST(NULL AS BIGINT) AS replayed_load_id
        FROM read_json(${quoteLiteral(literalPath(path))}, ${options})`;
      return await writeQuarantineFile(duck, { ...place, writtenBy: loadId, part: "rejected", select, expected: rows });
    },
    discard: () => rm(path, { force: true }),
  };
}

function lineOf({ quarantineId, rule, reason, row, sourcePosition }: QuarantinedRow): string {
  const texts = {
    quarantine_id: quarantineId,
    rule: wellFormed(rule),
    reason: wellFormed(reason),
    row: wellFormed(row),
  };
  const position = sourcePosition === undefined ? null : JSON.stringify(sourcePosition);
  return `${JSON.stringify({ ...texts, source_position: position })}\n`;
}

/** Without half surrogate pairs, which no UTF-8 has. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
