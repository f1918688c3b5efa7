import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pack, type Row } from "../../../../sdk/batch/pack.js";
import type { Vector } from "../../../../sdk/batch/vector.js";
import { parseType } from "../../../../sdk/schema/column-type.js";
import { copyEncoder, copyHeader, copyTrailer, frameBytes } from "../../../../sdk/sql/postgres/copy-encode.js";

const newFrame = (bytes: number) => {
  const buffer = new Uint8Array(Math.max(bytes, frameBytes));
  return { bytes: buffer, view: new DataView(buffer.buffer) };
};

function encodeVectors(types: readonly string[], vectors: readonly Vector[], rows: number, loadId?: number): Buffer[] {
  const columns = types.map((type, i) => ({ name: `c${i}`, type: parseType(type), nullable: true }));
  const encoder = copyEncoder({
    stream: "public.t",
    columns: columns.map(({ name, type }) => ({
      name,
      type,
      postgresType: type.kind === "list" ? "integer[]" : "text",
    })),
    ...(loadId === undefined ? {} : { loadId }),
  });
  return [...encoder.encode({ rows, columns, vectors }, newFrame)].map((message) => Buffer.from(message));
}

/** The messages of rows of one column "v". */
function encodeValues(type: string, values: readonly unknown[], postgresType = "text"): Buffer[] {
  const columns = [{ name: "v", type: parseType(type), nullable: true }];
  const encoder = copyEncoder({ stream: "public.t", columns: [{ ...columns[0]!, postgresType }] });
  const batch = pack(
    columns,
    values.map((v): Row => ({ v })),
  );
  return [...encoder.encode(batch, newFrame)].map((message) => Buffer.from(message));
}

/** The fields of one-column rows in hex, "null" for a null: read back by the format's own rules. */
function fields(messages: readonly Buffer[]): string[] {
  const found: string[] = [];
  for (const message of messages) {
    expect(message[0]).toBe(0x64);
    expect(message.readInt32BE(1)).toBe(message.length - 1);
    let at = 5;
    while (at < message.length) {
      expect(message.readInt16BE(at)).toBe(1);
      const length = message.readInt32BE(at + 2);
      found.push(length === -1 ? "null" : message.toString("hex", at + 6, at + 6 + length));
      at += 6 + Math.max(length, 0);
    }
    expect(at).toBe(message.length);
  }
  return found;
}

// As COPY … TO STDOUT (FORMAT binary) of PostgreSQL 15 wrote them.
describe("the bytes of a value", () => {
  it.each([
    ["boolean", true, "01"],
    ["boolean", false, "00"],
    ["int16", -2, "fffe"],
    ["int32", 305_419_896, "12345678"],
    ["int64", -2n, "fffffffffffffffe"],
    ["float32", 1.5, "3fc00000"],
    ["float64", -0, "8000000000000000"],
    ["decimal(10,2)", "0", "0000000000000002"],
    ["decimal(10,2)", "0.05", "0001ffff0000000201f4"],
    ["decimal(10,2)", "-12345.60", "00030001400000020001" + "0929" + "1770"],
    ["decimal(10,0)", "20000", "00010001000000000002"],
    ["decimal(38,0)", "99999999999999999999999999999999999999", `000a000900000000${"0063"}${"270f".repeat(9)}`],
    ["decimal(38,10)", "-0.0000000001", "0001fffd4000000a0064"],
    ["date", "2000-01-01", "00000000"],
    ["date", "1999-12-31", "ffffffff"],
    ["date", "infinity", "7fffffff"],
    ["date", "-infinity", "80000000"],
    ["time", "24:00:00", "000000141dd76000"],
    ["timestamp", "2000-01-01 00:00:00.000001+00", "0000000000000001"],
    ["timestamp", "1999-12-31 23:59:59.999999+00", "ffffffffffffffff"],
    ["datetime", "infinity", "7fffffffffffffff"],
    ["datetime", "-infinity", "8000000000000000"],
    ["uuid", "01234567-89ab-cdef-8123-456789abcdef", "0123456789abcdef8123456789abcdef"],
    ["string", "", ""],
    ["string", "äbc😀", "c3a46263f09f9880"],
    ["binary", Uint8Array.of(0, 255), "00ff"],
    ["string", null, "null"],
  ])("%s %s", (type, value, hex) => {
    expect(fields(encodeValues(type, [value]))).toEqual([hex]);
  });

  it("json as it stands, jsonb after its version", () => {
    expect(fields(encodeValues("json", [1], "json"))).toEqual(["31"]);
    expect(fields(encodeValues("json", [1], "jsonb"))).toEqual(["0131"]);
  });

  it("a list as an array of one dimension, an empty one of none", () => {
    expect(fields(encodeValues("list<int32>", [[7, null], [], null, [7]], "integer[]"))).toEqual([
      "00000001" + "00000001" + "00000017" + "00000002" + "00000001" + "0000000400000007" + "ffffffff",
      "000000000000000000000017",
      "null",
      "00000001" + "00000000" + "00000017" + "00000001" + "00000001" + "0000000400000007",
    ]);
  });
});

describe("rows", () => {
  it("carry the load id last", () => {
    const vector: Vector = { layout: "fixed", width: 4, data: new Uint8Array([1, 0, 0, 0]), validity: undefined };
    const [message] = encodeVectors(["int32"], [vector], 1, 1_764_000_000_000_001);
    expect(message!.toString("hex", 5)).toBe(
      `0002${"00000004"}${"00000001"}${"00000008"}${1_764_000_000_000_001n.toString(16).padStart(16, "0")}`,
    );
  });

  it("are framed whole, at most a frame at a time unless one is larger", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 90_000 }), { maxLength: 30 }), (lengths) => {
        const values = lengths.map((length, i) => String.fromCharCode(97 + (i % 26)).repeat(length));
        const messages = encodeValues("string", values);
        expect(fields(messages).map((hex) => Buffer.from(hex, "hex").toString())).toEqual(values);
        for (const message of messages)
          expect(message.length <= frameBytes || fields([message]).length === 1).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("stand between the signature and the end mark of the format", () => {
    expect(Buffer.from(copyHeader).toString("latin1", 5)).toBe(`PGCOPY\n\xff\r\n\0${"\0".repeat(8)}`);
    expect(Buffer.from(copyTrailer).toString("hex")).toBe("6400000006ffff");
  });

  it("are taken from where their offsets begin, whatever stands in a null's slot", () => {
    const data = Buffer.from("..a\0bcdef");
    const vector: Vector = {
      layout: "bytes",
      offsets: Int32Array.of(2, 3, 4, 9),
      data,
      validity: Uint8Array.of(0b101),
    };
    expect(fields(encodeVectors(["string"], [vector], 3))).toEqual(["61", "null", "6263646566"]);
  });
});

describe("a value that Postgres cannot hold", () => {
  const fixed = (values: bigint[]): Vector => ({
    layout: "fixed",
    width: 8,
    data: new Uint8Array(BigInt64Array.from(values).buffer),
    validity: undefined,
  });

  it.each([
    ["timestamp", -210_866_803_200_000_001n],
    ["datetime", -(2n ** 63n)],
    ["time", 86_400_000_001n],
    ["time", -1n],
  ])("is refused with its row: %s %s", (type, value) => {
    expect(() => encodeVectors([type], [fixed([0n, value])], 2)).toThrowError(
      expect.objectContaining({ kind: "data", code: "value.out_of_range", column: "c0", row: "row 2 of the load" }),
    );
  });

  it("is held at the very limits", () => {
    expect(fields(encodeVectors(["timestamp"], [fixed([-210_866_803_200_000_000n, 2n ** 63n - 2n])], 2))).toEqual([
      BigInt.asUintN(64, -211_813_488_000_000_000n).toString(16),
      (2n ** 63n - 2n - 946_684_800_000_000n).toString(16),
    ]);
  });

  it("counts rows over the batches of a load", () => {
    const columns = [{ name: "v", type: parseType("string"), nullable: true }];
    const encoder = copyEncoder({ stream: "public.t", columns: [{ ...columns[0]!, postgresType: "text" }] });
    expect([...encoder.encode(pack(columns, [{ v: "a" }, { v: "b" }]), newFrame)]).toHaveLength(1);
    const refused = () => [...encoder.encode(pack(columns, [{ v: "c" }, { v: "d\0" }]), newFrame)];
    expect(refused).toThrowError(
      expect.objectContaining({ code: "value.nul_in_text", row: "row 4 of the load", stream: "public.t" }),
    );
  });

  it("is a list of lists, before any row", () => {
    expect(() => encodeValues("list<list<int32>>", [], "integer[][]")).toThrowError(
      expect.objectContaining({ kind: "config", code: "type.unsupported" }),
    );
  });
});
