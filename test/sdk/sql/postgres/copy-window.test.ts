import fc from "fast-check";
import { expect, test } from "vitest";
import { createCopyWindow } from "../../../../sdk/sql/postgres/copy-window.js";

const kinds = fc.constantFrom("d", "d", "d", "d", "N", "C", "Z");
const messages = fc.array(
  fc.tuple(kinds, fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 400_000 }))),
  {
    maxLength: 20,
  },
);

test("messages come whole and in order, however the socket cut them", () => {
  fc.assert(
    fc.property(messages, fc.infiniteStream(fc.integer({ min: 1, max: 70_000 })), (sent, cuts) => {
      const stream = Buffer.concat(sent.map(([kind, size], index) => message(kind, Buffer.alloc(size, index))));
      const window = createCopyWindow();
      const found: [string, number][] = [];
      const drain = () => {
        for (;;) {
          const block = window.takeData();
          if (block !== undefined) {
            for (let at = block.start; at < block.end; ) {
              const size = block.view.getInt32(at + 1) - 4;
              const body = block.bytes.subarray(at + 5, at + 5 + size);
              expect(body.every((byte) => byte === found.length)).toBe(true);
              found.push(["d", size]);
              at += size + 5;
            }
            expect(block.bytes.length - block.end).toBeGreaterThanOrEqual(8);
            continue;
          }
          const other = window.takeMessage();
          if (other === undefined) return;
          found.push([String.fromCharCode(other.kind), other.body.length]);
        }
      };
      for (let at = 0; at < stream.length; ) {
        const size = cuts.next().value;
        window.append(stream.subarray(at, at + size));
        at += size;
        drain();
      }
      expect(found).toEqual(sent);
      expect(window.isEmpty).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test("a large message does not stay in memory", () => {
  const window = createCopyWindow();
  window.append(message("d", Buffer.alloc(20_000_000)));
  expect(window.takeData()?.bytes.length).toBeGreaterThan(20_000_000);
  window.append(message("d", Buffer.alloc(10)));
  expect(window.takeData()?.bytes.length).toBeLessThan(300_000);
});

function message(kind: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.write(kind, "latin1");
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}
