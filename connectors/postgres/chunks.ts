import type { Heap, Relation } from "./relation.js";

/** A stretch of a table that one COPY reads. */
export interface Chunk {
  readonly index: number;
  readonly from: string;
  /** The range of physical row ids, undefined for the whole. */
  readonly range: string | undefined;
}

export interface ChunkPlan {
  readonly chunks: readonly Chunk[];
  /** Blocks a chunk; 0 where tables are not split. */
  readonly blocks: number;
}

export interface ChunkOptions {
  readonly parallelism: number;
  /** Whether the read may stop and go on between chunks, so that even one connection gains by them. */
  readonly resumable: boolean;
  readonly serverVersion: number;
  /** The chunk size of the plan to go on with. */
  readonly blocks?: number;
}

const tidRangeScans = 140_000;
const smallestBlocks = 512;
const usualBlocks = 4096;
const mostChunks = 1024;

/** Splits a relation: by its heaps, and large heaps by ranges of blocks, each many enough to keep all connections busy. */
export function planChunks({ from, heaps }: Relation, options: ChunkOptions): ChunkPlan {
  const splits = options.parallelism > 1 || options.resumable;
  if (heaps === undefined || !splits) return { chunks: [{ index: 0, from, range: undefined }], blocks: 0 };
  const total = heaps.reduce((sum, { blocks }) => sum + blocks, 0);
  const blocks =
    options.blocks ?? (options.serverVersion < tidRangeScans ? 0 : chunkBlocks(total, options.parallelism));
  const pieces = heaps.flatMap((heap) => heapRanges(heap, blocks).map((range) => ({ from: heap.from, range })));
  return { chunks: pieces.map((piece, index) => ({ index, ...piece })), blocks };
}

function chunkBlocks(total: number, parallelism: number): number {
  const balanced = Math.min(usualBlocks, Math.ceil(total / (parallelism * 8)));
  return Math.max(smallestBlocks, balanced, Math.ceil(total / mostChunks));
}

/** The last range has no end: rows may lie in blocks that were added since the size was asked for. */
function heapRanges(heap: Heap, blocks: number): (string | undefined)[] {
  const count = blocks === 0 ? 1 : Math.max(1, Math.ceil(heap.blocks / blocks));
  if (count === 1) return [undefined];
  return Array.from({ length: count }, (_, index) => {
    const start = `ctid >= '(${index * blocks},0)'::tid`;
    return index === count - 1 ? start : `${start} and ctid < '(${(index + 1) * blocks},0)'::tid`;
  });
}
