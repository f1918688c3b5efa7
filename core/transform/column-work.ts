import type { FixedVector, Vector } from "../../sdk/batch/vector.js";
import { type Check, checksPerFlag, flagCount } from "./check.js";
import { type Rows, truth } from "./condition.js";
import type { Work } from "./select-work.js";
import type { StageColumn } from "./stages.js";

/**
 * What a stream's SELECT would give of its rows, flags and then columns, worked out on the columns' own memory: simple
 * casts and comparisons take less time there than the way into the engine and back. Undefined where any of it is more than
 * that: the SELECT does all then.
 */
export function columnWork(checks: readonly Check[], made: readonly StageColumn[]): Work | undefined {
  const wrongs = checks.flatMap(({ wrong }) => wrong ?? []);
  const columns = made.flatMap(({ values }) => values ?? []);
  if (wrongs.length < checks.length || columns.length < made.length) return undefined;
  async function apply(rows: Rows): Promise<readonly Vector[]> {
    const words = Array.from({ length: flagCount(checks) }, () => new Int32Array(rows.rows));
    for (const [check, wrong] of wrongs.entries()) {
      mark(words[Math.floor(check / checksPerFlag)]!, wrong(rows), 1 << (check % checksPerFlag));
    }
    return [...words.map(flagVector), ...columns.map((values) => values.of(rows))];
  }
  return { apply, close: async () => undefined };
}

function mark(words: Int32Array, found: Uint8Array, bit: number): void {
  for (let row = 0; row < words.length; row++) if (found[row] === truth.yes) words[row]! |= bit;
}

function flagVector({ buffer }: Int32Array): FixedVector {
  return { layout: "fixed", width: 4, data: new Uint8Array(buffer), validity: undefined };
}
