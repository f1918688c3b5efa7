import { freeBytes } from "../../batch/free-memory.js";

/** Gives the memory of answers back when they are packed, and the answer after them was compared with them. */
export interface AnswerMemory {
  /** The answer that the next one will be compared with, in place of the one before. */
  keep(bytes: Uint8Array): void;
  packed(bytes: Uint8Array): void;
}

export function answerMemory(): AnswerMemory {
  let kept: Uint8Array | undefined;
  let isPacked = false;
  return {
    keep(bytes) {
      if (isPacked) freeBytes(kept!);
      [kept, isPacked] = [bytes, false];
    },
    packed(bytes) {
      if (bytes === kept) isPacked = true;
      else freeBytes(bytes);
    },
  };
}
