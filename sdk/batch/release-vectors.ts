import { type Vector, vectorBuffers } from "./vector.js";

/**
 * Gives back the memory of vectors that nobody looks at again, but for what `others` still have. Left to the collector, it
 * makes it run through the whole heap again and again: megabytes hang on objects of a few bytes.
 */
export function releaseVectors(vectors: readonly Vector[], others: readonly Vector[]): void {
  const buffers = new Set<ArrayBuffer>();
  for (const vector of vectors) vectorBuffers(vector, buffers);
  const held = new Set<ArrayBuffer>();
  for (const vector of others) vectorBuffers(vector, held);
  // What is transferred to nobody is gone.
  structuredClone(undefined, { transfer: [...buffers].filter((buffer) => !held.has(buffer)) });
}
