import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EncodedRows } from "../../../../sdk/messages.js";
import { scalar } from "../../../../sdk/schema/column-type.js";
import { copySlack } from "../../../../sdk/sql/postgres/copy-block.js";
import { rowCollector } from "../../../../sdk/sql/postgres/copy-collect.js";
import { copyTrailer, frameBytes } from "../../../../sdk/sql/postgres/copy-encode.js";
import { rowSplicer } from "../../../../sdk/sql/postgres/copy-splice.js";
import { rowEncoding } from "../../../../sdk/sql/postgres/row-encoding.js";

const signature = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const loadId = 1_764_000_000_000_001;
const columns = ["a", "b"].map((name) => ({ name, type: scalar("string"), nullable: true }));
const options = { encoding: "e", columns, stream: "public.t" };
const wide = { rows: 32_768, bytes: 8 * 2 ** 20 };

const message = (body: Buffer) => {
  const head = Buffer.from([0x64, 0, 0, 0, 0]);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};

/** A row of COPY's binary format; null is a null. */
function row(values: readonly (string | null)[]): Buffer {
  const parts = values.map((value) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : Buffer.byteLength(value));
    return Buffer.concat([length, Buffer.from(value ?? "")]);
  });
  const count = Buffer.alloc(2);
  count.writeInt16BE(values.length);
  return Buffer.concat([count, ...parts]);
}

/** What the server sends for rows, the signature in the first message, in blocks of `messagesInBlock`. */
function collect(rows: readonly Buffer[], messagesInBlock: number, limits = wide): EncodedRows[] {
  const messages = [signature, ...rows, Buffer.from([0xff, 0xff])];
  const [first, second, ...others] = messages;
  const sent = [message(Buffer.concat([first!, second!])), ...others.map(message)];
  const collector = rowCollector({ ...options, limits });
  const found: EncodedRows[] = [];
  for (let at = 0; at < sent.length; at += messagesInBlock) {
    const bytes = Buffer.concat([...sent.slice(at, at + messagesInBlock), Buffer.alloc(copySlack)]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    found.push(...collector.read({ bytes, view, start: 0, end: bytes.length - copySlack }));
  }
  const last = collector.finish();
  expect(collector.rows).toBe(rows.length);
  return last === undefined ? found : [...found, last];
}

function splice(encoded: readonly EncodedRows[]): Buffer[] {
  const splicer = rowSplicer({ stream: "public.t", loadId });
  const newFrame = (bytes: number) => {
    const buffer = new Uint8Array(Math.max(bytes, frameBytes));
    return { bytes: buffer, view: new DataView(buffer.buffer) };
  };
  return encoded.flatMap((rows) => [...splicer(rows, newFrame)].map((bytes) => Buffer.from(bytes)));
}

/** The rows in CopyData messages, each as its fields in hex. */
function fields(messages: readonly Buffer[]): (string | null)[][] {
  const rows: (string | null)[][] = [];
  for (const bytes of messages) {
    expect(bytes[0]).toBe(0x64);
    expect(bytes.readInt32BE(1)).toBe(bytes.length - 1);
    for (let at = 5; at < bytes.length; ) {
      const count = bytes.readInt16BE(at);
      at += 2;
      const values: (string | null)[] = [];
      for (let i = 0; i < count; i++) {
        const length = bytes.readInt32BE(at);
        values.push(length < 0 ? null : bytes.toString("hex", at + 4, at + 4 + length));
        at += 4 + Math.max(length, 0);
      }
      rows.push(values);
    }
  }
  return rows;
}

/** Encoded rows as they are sent where nothing is added: a message each. */
function rowMessages({ data }: EncodedRows): Buffer[] {
  const bytes = Buffer.from(data);
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += found.at(-1)!.length) {
    found.push(bytes.subarray(at, at + 1 + bytes.readInt32BE(at + 1)));
  }
  return found;
}

const hex = (value: string | null) => (value === null ? null : Buffer.from(value).toString("hex"));
const loadIdHex = loadId.toString(16).padStart(16, "0");
const value = fc.option(fc.string({ maxLength: 300 }));

describe("rows that pass through", () => {
  it("keep every byte and get the load id as a last field, however they were cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 9 }),
        (values, inBlock, bytes, most) => {
          const encoded = collect(values.map(row), inBlock, { rows: most, bytes });
          expect(fields(splice(encoded))).toEqual(values.map(([a, b]) => [hex(a), hex(b), loadIdHex]));
          expect(fields(encoded.flatMap(rowMessages))).toEqual(values.map(([a, b]) => [hex(a), hex(b)]));
          for (const { rows, data } of encoded) {
            expect(rows).toBeLessThanOrEqual(most);
            expect(data.length <= bytes || rows === 1).toBe(true);
            expect(data.buffer.byteLength).toBeGreaterThanOrEqual(data.length);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("go out a frame at a time, a row that is larger alone", () => {
    const values = [10, 70_000, 30_000, 30_000, 30_000].map((length): [string, null] => ["x".repeat(length), null]);
    const messages = splice(collect(values.map(row), 2));
    expect(fields(messages).map(([a]) => a!.length / 2)).toEqual([10, 70_000, 30_000, 30_000, 30_000]);
    expect(messages.map((bytes) => fields([bytes]).length)).toEqual([1, 1, 2, 1]);
  });

  it("are refused where a row has not as many fields as were selected", () => {
    expect(() => collect([row(["a", "b"]), row(["a"])], 10)).toThrow("row 2 has 1 values where 2 were selected");
  });

  it("are refused where they are not as many as were counted, or do not end where their data does", () => {
    const [encoded] = collect([row(["a", "b"]), row(["c", null])], 10);
    expect(() => splice([{ ...encoded!, rows: 3 }])).toThrow("2 rows came where 3 were counted");
    expect(() => splice([{ ...encoded!, data: encoded!.data.subarray(0, -1) }])).toThrow("a row ends beyond its data");
  });

  it("are none where the table is empty", () => {
    const collector = rowCollector({ ...options, limits: wide });
    const bytes = Buffer.concat([message(signature), Buffer.from(copyTrailer), Buffer.alloc(copySlack)]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    expect([...collector.read({ bytes, view, start: 0, end: bytes.length - copySlack })]).toEqual([]);
    expect(collector.finish()).toBeUndefined();
  });
});

describe("the encoding's name", () => {
  it("is the same for types with the same bytes, and for no others", () => {
    const name = (type: string) => rowEncoding([type]);
    expect(name("character varying(44)")).toBe(name("text"));
    expect(name("timestamp(3) with time zone")).toBe(name("timestamp with time zone"));
    expect(name("numeric(15,2)")).toBe(name("numeric"));
    expect(name("json")).not.toBe(name("jsonb"));
    expect(name("character varying[]")).not.toBe(name("text[]"));
    expect(name("integer")).not.toBe(name("bigint"));
  });
});
