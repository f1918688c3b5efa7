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
 * Reads the flags of batches. The first check that takes a row out names the reason; a row that is filtered, or that a
 * transform failed on, is judged by nothing after. Deletes carry a key only and are never judged.
 */
export function verdictReader(checks: readonly Check[]) {
  const effects = Uint8Array.from(checks, ({ action, counted }) => effect[action] | (counted ? goesOn : 0));
  const told = ({ row, check }: Finding): Reject => {
    const { rule, reason } = checks[check]!;
    return { row, rule, reason };
  };
  return ({ rows, ops }: Pick<Batch, "rows" | "ops">, flags: readonly Vector[]): Verdicts => {
    const words = flags.map((flag) => wordsOf(flag as FixedVector, rows));
    const found = { ...nothing(rows, checks.length), words, effects };
    const any = words.length === 1 ? words[0]! : anyOf(words, rows);
    for (let row = 0; row < rows; row++) {
      if (any[row] !== 0 && ops?.[row] !== rowOp.delete) judge(row, found);
    }
    const { out, filtered, rejects, stop } = found;
    const left = rows - filtered - rejects.length;
    return {
      kept: left === rows ? undefined : others(out, left),
      filtered,
      rejects: rejects.map(told),
      failed: byRule(found.failed, checks),
      stops: stop && told(stop),
    };
  };
}

/** What a check does with a row that it finds. */
const effect = { warn: 0, quarantine: 1, fail: 2, filter: 3 } as const;
/** Set where the checks after it judge the row as well. */
const goesOn = 4;

interface Finding {
  readonly row: number;
  /** Its number. */
  readonly check: number;
}

/** What is found in a batch. */
interface Found {
  readonly words: readonly Int32Array[];
  readonly effects: Uint8Array;
  /** 1 for a row that goes. */
  readonly out: Uint8Array;
  filtered: number;
  readonly rejects: Finding[];
  /** By number of a check that is a rule: rows that it found. */
  readonly failed: Int32Array;
  stop: Finding | undefined;
}

function nothing(rows: number, checks: number): Omit<Found, "words" | "effects"> {
  return { out: new Uint8Array(rows), filtered: 0, rejects: [], failed: new Int32Array(checks), stop: undefined };
}

/** Follows the bits that are set, the lowest first: the checks that found something, in their order. */
function judge(row: number, found: Found): void {
  const { words, effects, out } = found;
  for (let word = 0; word < words.length; word++) {
    for (let bits = words[word]![row]!; bits !== 0; bits &= bits - 1) {
      const check = word * checksPerFlag + 31 - Math.clz32(bits & -bits);
      const does = effects[check]! & 3;
      if (does === effect.filter) {
        found.filtered += 1 - out[row]!;
        out[row] = 1;
        return;
      }
      if (does === effect.fail) found.stop ??= { row, check };
      if (does === effect.quarantine && out[row] === 0) {
        found.rejects.push({ row, check });
        out[row] = 1;
      }
      if ((effects[check]! & goesOn) === 0) return;
      found.failed[check]!++;
    }
  }
}

function byRule(failed: Int32Array, checks: readonly Check[]): Map<string, number> {
  const rules = new Map<string, number>();
  for (const [check, rows] of failed.entries()) {
    if (rows === 0) continue;
    const { rule } = checks[check]!;
    rules.set(rule, (rules.get(rule) ?? 0) + rows);
  }
  return rules;
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
