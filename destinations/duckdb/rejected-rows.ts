import type { Batch } from "../../sdk/batch/batch.js";
import { bytesBuilder } from "../../sdk/batch/vector-builder.js";
import type { QuarantinedRow } from "../../sdk/quarantine.js";
import type { QuarantineBuffer } from "../../sdk/quarantine-buffer.js";
import { scalar } from "../../sdk/schema/column-type.js";

const columns = [
  { name: "quarantine_id", type: scalar("string"), nullable: false },
  { name: "rule", type: scalar("string"), nullable: false },
  { name: "reason", type: scalar("string"), nullable: false },
  { name: "row", type: scalar("json"), nullable: false },
  { name: "source_position", type: scalar("json"), nullable: true },
];

/** Bytes that may wait. */
const room = 8 * 1024 * 1024;

/** Gathers rejected rows as columns, outside of the heap, and hands them to `insert` some megabytes at a time. */
export function rejectedRows(insert: (batch: Batch) => Promise<void>): QuarantineBuffer {
  const builders = [bytesBuilder(), bytesBuilder(), bytesBuilder(), bytesBuilder(), bytesBuilder()] as const;
  const [ids, rules, reasons, texts, positions] = builders;

  function append({ quarantineId, rule, reason, row, sourcePosition }: QuarantinedRow): void {
    ids.appendText(quarantineId);
    rules.appendText(rule);
    reasons.appendText(reason);
    texts.appendText(row);
    if (sourcePosition === undefined) positions.appendNull();
    else positions.appendText(JSON.stringify(sourcePosition));
  }

  async function flush(): Promise<void> {
    const { rows } = ids;
    if (rows > 0) await insert({ rows, columns, vectors: builders.map((builder) => builder.finish()) });
  }

  return {
    async add(rows) {
      for (const row of rows) {
        append(row);
        if (builders.reduce((sum, { bytes }) => sum + bytes, 0) >= room) await flush();
      }
    },
    flush,
  };
}
