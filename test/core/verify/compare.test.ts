import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CompareOptions, compare, type Difference, type Side } from "../../../core/verify/compare.js";
import type { RowDigest } from "../../../sdk/digest.js";
import { parseType } from "../../../sdk/schema/column-type.js";

interface Row {
  readonly key: number;
  readonly value: string;
  readonly cursor?: number;
}

/** A side that has rows and the digests a database would compute, of small numbers. */
function sideOf(rows: readonly Row[]): Side {
  const bucketOf = ({ key }: Row) => (key % 8).toString(16).padStart(3, "0");
  const digestOf = ({ key, value }: Row) =>
    String(BigInt(`0x${createHash("md5").update(`${key}/${value}`).digest("hex").slice(0, 15)}`));
  const cursorOf = ({ cursor }: Row) => (cursor === undefined ? null : String(cursor));
  return {
    async buckets() {
      return Array.from(new Set(rows.map(bucketOf)), (bucket) => {
        const members = rows.filter((row) => bucketOf(row) === bucket);
        const cursors = members.flatMap(({ cursor }) => cursor ?? []);
        return {
          bucket,
          rows: members.length,
          digest: String(members.reduce((sum, row) => sum + BigInt(digestOf(row)), 0n)),
          cursor: cursors.length === 0 ? null : String(Math.max(...cursors)),
        };
      });
    },
    async rows(_digits, buckets) {
      const members = rows.filter((row) => buckets.includes(bucketOf(row)));
      return members.map(
        (row): RowDigest => ({ key: [String(row.key)], digest: digestOf(row), cursor: cursorOf(row) }),
      );
    },
  };
}

async function differencesOf(
  source: readonly Row[],
  target: readonly Row[],
  options: Partial<CompareOptions> = {},
): Promise<Difference[]> {
  const found: Difference[] = [];
  await compare({
    source: sideOf(source),
    target: sideOf(target),
    keepsVersions: false,
    onDifference: (difference) => found.push(difference),
    ...options,
  });
  return found;
}

const rows = Array.from({ length: 40 }, (_, key) => ({ key, value: `v${key}` }));

describe("two tables", () => {
  test("with the same rows in another order are the same", async () => {
    expect(await differencesOf(rows, rows.toReversed())).toEqual([]);
  });

  test("tell the keys that are missing, extra and different", async () => {
    const target = [...rows.filter(({ key }) => key !== 3), { key: 99, value: "new" }].map((row) =>
      row.key === 5 ? { ...row, value: "other" } : row,
    );
    expect(new Set(await differencesOf(rows, target))).toEqual(
      new Set([
        { kind: "missing", key: ["3"] },
        { kind: "different", key: ["5"] },
        { kind: "extra", key: ["99"] },
      ]),
    );
  });

  test("count a doubled row as a difference", async () => {
    expect(await differencesOf(rows, [...rows, rows[7]!])).toEqual([{ kind: "different", key: ["7"] }]);
  });

  test("that keep versions need only one that is as at the source", async () => {
    const target = [...rows, { key: 7, value: "older" }];
    expect(await differencesOf(rows, target, { keepsVersions: true })).toEqual([]);
  });

  test("say of a key that the source has several times that it is not unique, where one of its rows stands", async () => {
    const source = [...rows, { key: 7, value: "second" }, rows[9]!];
    const keyed = { keyed: true };
    expect(new Set(await differencesOf(source, rows, keyed))).toEqual(
      new Set([
        { kind: "not_unique", key: ["7"] },
        { kind: "not_unique", key: ["9"] },
      ]),
    );
    const target = rows.map((row) => (row.key === 7 ? { ...row, value: "neither" } : row));
    expect(await differencesOf(source, target, keyed)).toContainEqual({ kind: "different", key: ["7"] });
    expect(await differencesOf(source, source, keyed)).toEqual([]);
  });

  test("do not differ in what the source changed after the last sync", async () => {
    const source = [...rows.map((row) => ({ ...row, cursor: row.key })), { key: 50, value: "new", cursor: 50 }];
    const changed = source.map((row) => (row.key === 4 ? { ...row, value: "newer", cursor: 51 } : row));
    const found = await differencesOf(changed, source.slice(0, 40), { cursor: parseType("int64") });
    expect(new Set(found.map(({ kind, key }) => `${kind} ${key}`))).toEqual(new Set(["pending 50", "pending 4"]));
  });

  test("are the same exactly when no key is told, whatever they hold", async () => {
    const table = fc.uniqueArray(fc.record({ key: fc.nat(30), value: fc.constantFrom("a", "b") }), {
      selector: ({ key }) => key,
    });
    await fc.assert(
      fc.asyncProperty(table, table, async (source, target) => {
        const text = ({ key, value }: Row) => `${key} ${value}`;
        const unlike = new Set(
          [...source, ...target]
            .filter((row) => source.map(text).includes(text(row)) !== target.map(text).includes(text(row)))
            .map(({ key }) => String(key)),
        );
        const told = await differencesOf(source, target);
        expect(new Set(told.map(({ key }) => key[0]))).toEqual(unlike);
        expect(told).toHaveLength(unlike.size);
      }),
    );
  });
});
