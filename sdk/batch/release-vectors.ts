import { freeMemory } from "./free-memory.js";
import { type Vector, vectorBuffers } from "./vector.js";

/** Frees the memory of vectors that nobody looks at again, but for what `others` still have. */
export function releaseVectors(vectors: readonly Vector[], others: readonly Vector[]): void {
  const buffers = new Set<ArrayBuffer>();
  for (const vector of vectors) vectorBuffers(vector, buffers);
  const held = new Set<ArrayBuffer>();
  for (const vector of others) vectorBuffers(vector, held);
  freeMemory([...buffers].filter((buffer) => !held.has(buffer)));
}
