import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepRows } from "../../../sdk/batch/gather.js";
import { pack } from "../../../sdk/batch/pack.js";
import { releaseVectors } from "../../../sdk/batch/release-vectors.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import { scalar } from "../../../sdk/schema/column-type.js";
import { tables } from "./rows.js";

describe("keepRows", () => {
  it("leaves the rows that are to stay, of every type, in runs of any length", () => {
    const runs = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 40 })), { maxLength: 12 });
    fc.assert(
      fc.property(tables, runs, ({ columns, rows }, lengths) => {
        const stays = lengths.flatMap(([stay, length]) => Array<boolean>(length).fill(stay));
        const kept = Int32Array.from(rows.flatMap((_, row) => (stays[row] === true ? [row] : [])));
        const all = unpack(pack(columns, rows));
        expect(unpack(keepRows(pack(columns, rows), kept))).toEqual(all.filter((_, row) => stays[row] === true));
      }),
      { numRuns: 60 },
    );
  });

  it("leaves the memory its way back", () => {
    const batch = pack([{ name: "a", type: scalar("int32"), nullable: false }], [{ a: 1 }, { a: 2 }]);
    const giveBack = () => undefined;
    expect(keepRows({ ...batch, giveBack }, Int32Array.of(1)).giveBack).toBe(giveBack);
    expect(keepRows(batch, Int32Array.of(0))).not.toHaveProperty("giveBack");
  });

  it("moves long runs of nulls and bits by whole bytes, from any bit to any bit", () => {
    const columns = [{ name: "yes", type: scalar("boolean"), nullable: true }];
    const rows = Array.from({ length: 300 }, (_, i) => ({ yes: i % 7 === 0 ? null : i % 3 === 0 }));
    for (let first = 0; first < 20; first++) {
      for (const gap of [1, 8, 13]) {
        const stays = (row: number) => row < first || row >= first + gap;
        const kept = Int32Array.from([...rows.keys()].filter(stays));
        expect(unpack(keepRows(pack(columns, rows), kept))).toEqual(rows.filter((_, row) => stays(row)));
      }
    }
  });
});

it("memory is given back at once, but for what another vector has", () => {
  const columns = ["a", "b"].map((name) => ({ name, type: scalar("string"), nullable: true }));
  const { vectors } = pack(columns, [{ a: "gone", b: "stays" }]);
  const [a, b] = vectors.map((vector) => (vector.layout === "bytes" ? vector.data.buffer : undefined));
  releaseVectors(vectors, [vectors[1]!]);
  expect(a?.byteLength).toBe(0);
  expect(b?.byteLength).toBeGreaterThan(0);
});
