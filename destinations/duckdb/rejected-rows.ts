import type { Batch } from "../../sdk/batch/batch.js";
import { type BytesBuilder, bytesBuilder } from "../../sdk/batch/vector-builder.js";
import type { QuarantinedRow } from "../../sdk/quarantine.js";
import { scalar } from "../../sdk/schema/column-type.js";

const columns = [
  { name: "quarantine_id", type: scalar("string"), nullable: false },
  { name: "rule", type: scalar("string"), nullable: false },
  { name: "reason", type: scalar("string"), nullable: false },
  { name: "row", type: scalar("json"), nullable: false },
  { name: "source_position", type: scalar("json"), nullable: true },
];

/** Gathers rejected rows as columns, outside of the heap. */
export interface RejectedRows {
  append(row: QuarantinedRow): void;
  /** As many bytes as may wait. */
  readonly isFull: boolean;
  /** What was gathered since the last time; undefined where there is nothing. */
  take(): Batch | undefined;
}

/** Bytes that may wait. */
const room = 8 * 1024 * 1024;

export function rejectedRows(): RejectedRows {
  const builders = [bytesBuilder(), bytesBuilder(), bytesBuilder(), bytesBuilder(), bytesBuilder()] as const;
  const [ids, rules, reasons, texts, positions] = builders;
  const appendRule = repeating(rules);
  const appendReason = repeating(reasons);
  return {
    append({ quarantineId, rule, reason, row, sourcePosition }) {
      ids.appendText(quarantineId);
      appendRule(rule);
      appendReason(reason);
      texts.appendText(row);
      if (sourcePosition === undefined) positions.appendNull();
      else positions.appendText(JSON.stringify(sourcePosition));
    },
    get isFull() {
      return ids.bytes + rules.bytes + reasons.bytes + texts.bytes + positions.bytes >= room;
    },
    take() {
      const { rows } = ids;
      return rows === 0 ? undefined : { rows, columns, vectors: builders.map((builder) => builder.finish()) };
    },
  };
}

/** Appends texts of which most are the one before again: it need not be encoded anew. */
function repeating(builder: BytesBuilder): (text: string) => void {
  let last = "";
  let bytes = Buffer.alloc(0);
  return (text) => {
    if (text !== last) bytes = Buffer.from(text);
    last = text;
    builder.appendPart(bytes, 0, bytes.length);
  };
}
