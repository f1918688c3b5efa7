import { describe, expect, test } from "vitest";
import type { DeleteDetection } from "../../../core/deletes/delete-detection.js";
import { findDeletedKeys } from "../../../core/deletes/find-deleted-keys.js";
import type { Side } from "../../../core/verify/compare.js";

/** A side that has keys, digested as a database would. */
function sideOf(keys: readonly number[]): Side {
  function groups(digits: number): Map<string, number[]> {
    const members = new Map<string, number[]>();
    for (const key of keys) {
      const bucket = String(key % 10 ** digits).padStart(digits, "0");
      members.set(bucket, [...(members.get(bucket) ?? []), key]);
    }
    return members;
  }
  return {
    async buckets(digits) {
      return Array.from(groups(digits), ([bucket, members]) => {
        const digest = String(members.reduce((sum, key) => sum + key * 7919, 0));
        return { bucket, rows: members.length, digest, cursor: null };
      });
    },
    async rows(digits, buckets) {
      const members = buckets.flatMap((bucket) => groups(digits).get(bucket) ?? []);
      return members.map((key) => ({ key: [String(key)], digest: String(key * 7919), cursor: null }));
    },
  };
}

const keys = Array.from({ length: 1000 }, (_, i) => i);

function deletedOf(source: readonly number[], target: readonly number[], detection: Partial<DeleteDetection> = {}) {
  return findDeletedKeys({
    stream: "shop.orders",
    source: sideOf(source),
    target: sideOf(target),
    detection: { detect: "keys", mode: "hard", atMost: { type: "part", part: 0.05 }, ...detection },
  });
}

describe("keys that are gone from the source", () => {
  test("are found, whatever the source has more", async () => {
    const source = [...keys.filter((key) => key !== 17 && key !== 400), 5000];
    expect(new Set((await deletedOf(source, keys)).map(([key]) => key))).toEqual(new Set(["17", "400"]));
    expect(await deletedOf(keys, keys)).toEqual([]);
  });

  test("are not deleted when they are more than may be", async () => {
    await expect(deletedOf(keys.slice(51), keys)).rejects.toMatchObject({
      kind: "data",
      code: "deletes.too_many",
      message: "stream 'shop.orders': 51 of 1000 rows are gone from the source, more than 5%",
    });
    expect(await deletedOf(keys.slice(50), keys)).toHaveLength(50);
    expect(await deletedOf(keys.slice(51), keys, { atMost: { type: "rows", rows: 51 } })).toHaveLength(51);
  });

  test("are not deleted when the source is empty, whatever may be", async () => {
    await expect(deletedOf([], keys, { atMost: { type: "part", part: 1 } })).rejects.toMatchObject({
      code: "deletes.source_empty",
    });
    expect(await deletedOf([], [])).toEqual([]);
  });
});
