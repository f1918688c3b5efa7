import type { SpareMemory } from "../../sdk/batch/memory.js";

/** Memory that has come back, until it is filled again. */
export interface MemoryPool {
  give(memory: readonly ArrayBuffer[]): void;
  readonly take: SpareMemory;
  /** Whether memory was ever asked for. */
  readonly isUsed: boolean;
}

/** What is handed out may be larger than what is asked for, but not by more than this. */
const mostTimes = 2;

/** @param mostBytes what it keeps; beyond that, what has waited longest is let go */
export function memoryPool(mostBytes: number): MemoryPool {
  let kept: ArrayBuffer[] = [];
  let bytes = 0;
  let isUsed = false;
  return {
    get isUsed() {
      return isUsed;
    },
    give(memory) {
      kept.push(...memory);
      for (const { byteLength } of memory) bytes += byteLength;
      while (bytes > mostBytes) bytes -= kept.shift()!.byteLength;
    },
    take(wanted) {
      isUsed = true;
      const fits = ({ byteLength }: ArrayBuffer) => byteLength >= wanted && byteLength <= wanted * mostTimes;
      const found = kept.findLast(fits);
      if (found === undefined) return undefined;
      kept = kept.filter((memory) => memory !== found);
      bytes -= found.byteLength;
      return found;
    },
  };
}
