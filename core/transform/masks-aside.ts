import type { Batch } from "../../sdk/batch/batch.js";
import type { BytesVector, Vector } from "../../sdk/batch/vector.js";
import { scalar } from "../../sdk/schema/column-type.js";
import type { Column } from "../../sdk/schema/stream.js";
import { checkText } from "../../sdk/sql/duckdb/check-text.js";
import { type Widening, widening } from "../schema/widen-vector.js";
import type { ExpressionEngine } from "./engine.js";
import { type TextMask, textMask } from "./mask-texts.js";
import type { StageColumn, Stages } from "./stages.js";
import type { Verdicts } from "./verdicts.js";

/** The masks of a stream that are made beside its SELECT, once its rows are judged. */
export interface MasksAside {
  /** The columns that they give. */
  readonly aside: ReadonlySet<StageColumn>;
  /** Masks what is seen of a batch as it came: rows that stay, and rows that are rejected. */
  apply(batch: Batch, verdicts: Verdicts): Promise<ReadonlyMap<StageColumn, Vector>>;
  close(): Promise<void>;
}

interface ColumnMask {
  readonly made: StageColumn;
  readonly from: number;
  /** The column of texts: for the engine, and for errors. */
  readonly column: Column;
  readonly text: Widening | undefined;
  readonly mask: TextMask;
}

export async function openMasks(
  stages: Stages,
  source: readonly Column[],
  engine: ExpressionEngine,
): Promise<MasksAside> {
  const aside = stages.masksAside();
  const masks: ColumnMask[] = [];
  for (const made of aside) {
    const { maskOf: from, ofText } = made;
    if (from === undefined || ofText === undefined) continue;
    const { type } = source[from]!;
    const isText = type.kind === "string" || type.kind === "json";
    const column = { ...made.column, type: scalar("string") };
    const mask = await textMask(engine, column, ofText);
    masks.push({ made, from, column, text: isText ? undefined : widening(type, column.type), mask });
  }
  return {
    aside,
    async apply(batch, verdicts) {
      const made = new Map<StageColumn, Vector>();
      if (masks.length === 0) return made;
      const { rows } = batch;
      const seen = seenRows(rows, verdicts);
      for (const { made: one, from, column, text, mask } of masks) {
        const given = batch.vectors[from]!;
        const texts = (text === undefined ? given : text(given, rows)) as BytesVector;
        checkText({ rows, columns: [column], vectors: [texts] });
        made.set(one, await mask.apply(texts, rows, seen));
      }
      return made;
    },
    async close() {
      for (const { mask } of masks) await mask.close();
    },
  };
}

/** 1 for each row that anybody sees; undefined where all are seen. */
function seenRows(rows: number, { filtered, kept, rejects, stops }: Verdicts): Uint8Array | undefined {
  if (filtered === 0 || kept === undefined) return undefined;
  const seen = new Uint8Array(rows);
  for (let at = 0; at < kept.length; at++) seen[kept[at]!] = 1;
  for (const { row } of rejects) seen[row] = 1;
  if (stops !== undefined) seen[stops.row] = 1;
  return seen;
}
