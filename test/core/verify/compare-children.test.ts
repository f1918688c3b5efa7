import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { compare, type Side } from "../../../core/verify/compare.js";
import { type ChildDifference, compareChildren } from "../../../core/verify/compare-children.js";
import type { RowDigest } from "../../../sdk/digest.js";
import { scalar } from "../../../sdk/schema/column-type.js";

interface Parent {
  readonly id: number;
  readonly cursor?: number;
  /** Values of its children, in order. */
  readonly children?: readonly string[];
  readonly isAbsent?: boolean;
}

const digestOf = (text: string) => String(BigInt(`0x${createHash("md5").update(text).digest("hex").slice(0, 15)}`));

/** A side as a database would digest it, in buckets by the parent. */
function sideOf(rows: readonly (RowDigest & { readonly bucket: string })[]): Side {
  return {
    async buckets() {
      return Array.from(new Set(rows.map(({ bucket }) => bucket)), (bucket) => {
        const members = rows.filter((row) => row.bucket === bucket);
        const cursors = members.flatMap(({ cursor }) => (cursor === null ? [] : Number(cursor)));
        return {
          bucket,
          rows: members.length,
          digest: String(members.reduce((sum, { digest }) => sum + BigInt(digest), 0n)),
          cursor: cursors.length === 0 ? null : String(Math.max(...cursors)),
        };
      });
    },
    rows: async (_digits, buckets) => rows.filter(({ bucket }) => buckets.includes(bucket)),
  };
}

function sidesOf(parents: readonly Parent[]): { readonly own: Side; readonly children: Side } {
  const bucketOf = ({ id }: Parent) => (id % 8).toString(16).padStart(3, "0");
  return {
    own: sideOf(
      parents
        .filter(({ isAbsent }) => isAbsent !== true)
        .map((parent) => ({
          bucket: bucketOf(parent),
          key: [String(parent.id)],
          digest: digestOf(String(parent.id)),
          cursor: parent.cursor === undefined ? null : String(parent.cursor),
        })),
    ),
    children: sideOf(
      parents.flatMap((parent) =>
        (parent.children ?? []).map((value, place) => ({
          bucket: bucketOf(parent),
          key: [String(parent.id), String(place)],
          digest: digestOf(`${parent.id}/${place}/${value}`),
          cursor: null,
        })),
      ),
    ),
  };
}

async function found(atSource: readonly Parent[], atTarget: readonly Parent[], keepsVersions = false) {
  const [source, target] = [sidesOf(atSource), sidesOf(atTarget)];
  const cursor = scalar("int64");
  const sides = { source: source.own, target: target.own };
  const { synced } = await compare({ ...sides, cursor, keepsVersions, onDifference() {} });
  const differences: ChildDifference[] = [];
  const { counts } = await compareChildren({
    ...{ source: source.children, target: target.children, keepsVersions },
    parentColumns: 1,
    parents: { ...sides, cursor, synced },
    onDifference: (difference) => differences.push(difference),
  });
  expect(Object.values(counts).reduce((sum, rows) => sum + rows, 0)).toBe(differences.length);
  return differences.map(({ kind, key, owner }) => `${kind} ${key.join("/")} ${owner}`).sort();
}

describe("the rows of a child table", () => {
  const same: Parent[] = Array.from({ length: 30 }, (_, id) => ({ id, cursor: id, children: ["a", "b"] }));

  test("are the same where every parent has the same ones", async () => {
    expect(await found(same, same)).toEqual([]);
  });

  test("are missing, extra and different by their parent's key and their place", async () => {
    const target = same.map((parent) => {
      if (parent.id === 3) return { ...parent, children: ["a"] };
      if (parent.id === 4) return { ...parent, children: ["a", "b", "c"] };
      return parent.id === 5 ? { ...parent, children: ["x", "b"] } : parent;
    });
    expect(await found(same, target)).toEqual(["different 5/0 source", "extra 4/2 source", "missing 3/1 source"]);
  });

  test("are pending where their parent changed after the last sync, those that it has no more too", async () => {
    const source = [...same.slice(1), { id: 0, cursor: 100, children: ["new"] }];
    expect(await found(source, same)).toEqual(["pending 0/0 source", "pending 0/1 source"]);
  });

  test("are not unique where the source has their parent's key more than once", async () => {
    const source = [...same, { id: 7, cursor: 7, children: ["other", "b", "c"] }];
    expect(await found(source, same)).toEqual([
      "not_unique 7/0 source",
      "not_unique 7/1 source",
      "not_unique 7/2 source",
    ]);
    const wrong = same.map((parent) => (parent.id === 7 ? { ...parent, children: ["neither", "b"] } : parent));
    expect(await found(source, wrong)).toContain("different 7/0 source");
  });

  test("may be those of an older version where versions are kept", async () => {
    const versions = [...same, { id: 7, cursor: 7, children: ["old", "b", "c"] }];
    expect(await found(same, versions, true)).toEqual([]);
    const lost = versions.filter(({ children }) => children?.[0] === "old");
    expect(await found([{ id: 7, cursor: 7, children: ["a"] }], lost, true)).toEqual(["different 7/0 source"]);
  });

  test("tell who has their parent: the target only, or nobody", async () => {
    const target = [...same, { id: 31, cursor: 0, children: ["a"] }, { id: 32, children: ["b"], isAbsent: true }];
    expect(await found(same, target)).toEqual(["extra 31/0 target", "extra 32/0 nobody"]);
  });
});
