import { type Batch, rowOp } from "../../sdk/batch/batch.js";
import type { FixedVector, Vector } from "../../sdk/batch/vector.js";
import { type Check, checksPerFlag } from "./check.js";

/** A row that is taken out, and why. */
export interface Reject {
  /** Its number in the batch as it came. */
  readonly row: number;
  readonly rule: string;
  readonly reason: string;
}

/** What the checks say of a batch. */
export interface Verdicts {
  /** The rows that stay; undefined where all do. */
  readonly kept: Int32Array | undefined;
  readonly filtered: number;
  readonly rejects: readonly Reject[];
  /** By rule: how many rows it failed for, whatever its action. */
  readonly failed: ReadonlyMap<string, number>;
  /** The first row that a check with the action `fail` found. */
  readonly stops: Reject | undefined;
}

/**
 * Reads the flags of a batch. The first check that takes a row out names the reason; a row that is filtered, or that a
 * transform failed on, is judged by nothing after. Deletes carry a key only and are never judged.
 */
export function readVerdicts(batch: Pick<Batch, "rows" | "ops">, flags: readonly Vector[], checks: readonly Check[]) {
  const words = flags.map((flag) => wordsOf(flag as FixedVector, batch.rows));
  const rejects: Reject[] = [];
  const failed = new Map<string, number>();
  const out = new Uint8Array(batch.rows);
  let gone = 0;
  let filtered = 0;
  let stops: Reject | undefined;

  function takeOut(row: number): void {
    out[row] = 1;
    gone++;
  }

  /** Follows the bits that are set, the lowest first: the checks that found something, in their order. */
  function judge(row: number): void {
    let rejected = false;
    for (let word = 0; word < words.length; word++) {
      for (let bits = words[word]![row]!; bits !== 0; bits &= bits - 1) {
        const { action, rule, reason, counted } = checks[word * checksPerFlag + lowestBit(bits)]!;
        if (action === "filter") {
          if (!rejected) takeOut(row);
          filtered += rejected ? 0 : 1;
          return;
        }
        if (counted) failed.set(rule, (failed.get(rule) ?? 0) + 1);
        if (action === "fail") stops ??= { row, rule, reason };
        if (action === "quarantine" && !rejected) {
          rejects.push({ row, rule, reason });
          takeOut(row);
          rejected = true;
        }
        if (!counted) return;
      }
    }
  }

  const any = words.length === 1 ? words[0]! : anyOf(words, batch.rows);
  for (let row = 0; row < batch.rows; row++) {
    if (any[row] !== 0 && batch.ops?.[row] !== rowOp.delete) judge(row);
  }
  return { kept: gone === 0 ? undefined : others(out, batch.rows - gone), filtered, rejects, failed, stops };
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** For each row, whether any of its words has a bit. */
function anyOf(words: readonly Int32Array[], rows: number): Int32Array {
  const any = new Int32Array(rows);
  for (const word of words) for (let row = 0; row < rows; row++) any[row]! |= word[row]!;
  return any;
}

function wordsOf({ data }: FixedVector, rows: number): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, rows);
}

function others(out: Uint8Array, count: number): Int32Array {
  const kept = new Int32Array(count);
  for (let row = 0, at = 0; row < out.length; row++) if (out[row] === 0) kept[at++] = row;
  return kept;
}
