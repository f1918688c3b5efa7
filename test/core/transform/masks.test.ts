import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { expressionEngine } from "../../../core/transform/engine.js";
import { prepareRows } from "../../../core/transform/prepare-rows.js";
import { openRefinery } from "../../../core/transform/refinery.js";
import { tokenizer } from "../../../core/transform/tokenize.js";
import type { Mask } from "../../../core/transform/transforms.js";
import { pack } from "../../../sdk/batch/pack.js";
import { unpack } from "../../../sdk/batch/unpack.js";
import { valueText } from "../../../sdk/batch/value-text.js";
import { isNull } from "../../../sdk/batch/vector.js";
import { Secret } from "../../../sdk/config/secret.js";
import { type ColumnType, decimal, list, scalar } from "../../../sdk/schema/column-type.js";

const engine = expressionEngine(64 * 1024 ** 2);
afterAll(() => engine.close());

describe("a mask", () => {
  const text = fc.option(fc.string({ unit: "binary", maxLength: 90 }));

  it.each([
    ["sha256", { type: "sha256" } as Mask, (value: string) => createHash("sha256").update(value).digest("hex")],
    [
      "hmac_sha256",
      { type: "hmac_sha256", key: new Secret("k".repeat(70)) } as Mask,
      (value: string) => createHmac("sha256", "k".repeat(70)).update(value).digest("hex"),
    ],
    ["redact", { type: "redact" } as Mask, () => "[redacted]"],
    ["null", { type: "null" } as Mask, () => null],
    [
      "partial",
      { type: "partial", keep: 3 } as Mask,
      (value: string) => {
        const characters = [...value];
        const keep = characters.length > 3 ? 3 : 0;
        return "*".repeat(characters.length - keep) + characters.slice(characters.length - keep).join("");
      },
    ],
    ["tokenize", { type: "tokenize", key: new Secret("t") } as Mask, tokenizer("t")],
  ])("%s is what it is said to be, and null stays null", async (_, mask, expected) => {
    const values = fc.sample(text, { numRuns: 300, seed: 7 });
    const masked = await maskedBy(mask, scalar("string"), values);
    expect(masked).toEqual(values.map((value) => (value === null ? null : expected(value))));
  });

  const samples: [ColumnType, unknown[]][] = [
    [scalar("boolean"), [true, false]],
    [scalar("int64"), [0, -(2n ** 63n), 2n ** 63n - 1n]],
    [decimal(38, 10), ["-1234567890123456789012345678.0000000001", "0"]],
    [decimal(9, 2), ["12.5", "-0.05"]],
    [scalar("float64"), [1, 0.1, 1e21, 1e16, -0, Number.NaN, Number.NEGATIVE_INFINITY]],
    [scalar("date"), ["2024-02-29", "0001-01-01"]],
    [scalar("time"), ["23:59:59.5", "00:00:00"]],
    [scalar("timestamp"), ["2024-02-29T12:00:00.000001Z", "1969-12-31T23:59:59.5Z"]],
    [scalar("datetime"), ["2024-02-29T12:00:00"]],
    [scalar("uuid"), ["00112233-4455-6677-8899-aabbccddeeff"]],
    [scalar("binary"), [new Uint8Array([0, 255, 92])]],
    [scalar("json"), [{ a: [1, "ü"] }]],
    [list(scalar("int64")), [[1, null, 3]]],
  ];
  it.each(samples.map(([type, values]) => [type.kind, type, values] as const))(
    "of a %s is a mask of its canonical text",
    async (_, type, values) => {
      const masked = await maskedBy({ type: "sha256" }, type, [...values, null]);
      const { vectors, rows } = pack(
        [{ name: "v", type, nullable: true }],
        [...values, null].map((v) => ({ v })),
      );
      const texts = Array.from({ length: rows }, (_, row) =>
        isNull(vectors[0]!, row)
          ? null
          : createHash("sha256")
              .update(valueText(vectors[0]!, type, row))
              .digest("hex"),
      );
      expect(masked).toEqual(texts);
    },
  );
});

async function maskedBy(mask: Mask, type: ColumnType, values: readonly unknown[]): Promise<unknown[]> {
  const columns = [{ name: "v", type, nullable: true }];
  const prepared = await prepareRows(columns, { stream: "s", transforms: { mask: { v: mask } }, rules: [] }, engine);
  const refinery = await openRefinery({ source: columns, rows: prepared, fits: [], engine });
  const { batch } = await refinery.refine(
    pack(
      columns,
      values.map((v) => ({ v })),
    ),
  );
  await refinery.close();
  return unpack(batch).map(({ v }) => v);
}
