import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planChunks } from "../../../connectors/postgres/chunks.js";
import type { Relation } from "../../../connectors/postgres/relation.js";

const relation = (...sizes: number[]): Relation => ({
  stream: "public.t",
  from: '"public"."t"',
  columns: [],
  oid: 1,
  versioned: true,
  heaps: sizes.map((blocks, index) => ({ oid: index + 1, from: `only "p${index}"`, fileNode: index + 1, blocks })),
});
const options = { parallelism: 2, resumable: false, serverVersion: 150_000 };

describe("a table is split so that", () => {
  test("the ranges of a heap follow each other and the last has no end", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 2, max: 16 }), (blocks, parallelism) => {
        const { chunks } = planChunks(relation(blocks), { ...options, parallelism });
        const ranges = chunks.map(({ range }) =>
          /^ctid >= '\((\d+),0\)'::tid(?: and ctid < '\((\d+),0\)'::tid)?$/.exec(range ?? ""),
        );
        if (chunks.length === 1) {
          expect(chunks[0]?.range).toBeUndefined();
          return;
        }
        expect(ranges[0]?.[1]).toBe("0");
        for (const [index, range] of ranges.entries()) expect(range?.[2]).toBe(ranges[index + 1]?.[1]);
        expect(chunks.length).toBeLessThanOrEqual(1024);
      }),
    );
  });

  test("small tables, and reads over one connection, stay whole", () => {
    expect(planChunks(relation(500), options).chunks).toHaveLength(1);
    expect(planChunks(relation(100_000), { ...options, parallelism: 1 }).chunks).toEqual([
      { index: 0, from: '"public"."t"', range: undefined },
    ]);
  });

  test("servers before 14, which would scan it all for each range, get a heap at once", () => {
    expect(planChunks(relation(100_000, 5), { ...options, serverVersion: 130_000 }).chunks).toHaveLength(2);
  });

  test("a plan can be made again from its chunk size", () => {
    const first = planChunks(relation(90_000, 300), { ...options, resumable: true });
    const again = planChunks(relation(90_000, 300), {
      ...options,
      parallelism: 7,
      resumable: true,
      blocks: first.blocks,
    });
    expect(again).toEqual(first);
  });
});
