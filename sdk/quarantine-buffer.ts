import type { QuarantinedRow } from "./quarantine.js";

/** Rejected rows that wait to be written together. */
export interface QuarantineBuffer {
  /** Takes rows; writes what waits where it has become much. */
  add(rows: readonly QuarantinedRow[]): Promise<void>;
  /** Writes what waits. */
  flush(): Promise<void>;
}

/** Characters of text that may wait. */
const room = 8 * 1024 * 1024;

/**
 * Gathers rejected rows and hands them to `write` some megabytes at a time: where they interrupt the load itself, they do
 * it seldom.
 */
export function quarantineBuffer(write: (rows: readonly QuarantinedRow[]) => Promise<void>): QuarantineBuffer {
  let waiting: QuarantinedRow[] = [];
  let size = 0;

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    const rows = waiting;
    waiting = [];
    size = 0;
    await write(rows);
  }

  return {
    async add(rows) {
      for (const row of rows) {
        waiting.push(row);
        size += row.row.length + row.reason.length + row.rule.length + 200;
        if (size >= room) await flush();
      }
    },
    flush,
  };
}
