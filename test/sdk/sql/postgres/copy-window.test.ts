import fc from "fast-check";
import { expect, test } from "vitest";
import { type CopyWindow, createCopyWindow } from "../../../../sdk/sql/postgres/copy-window.js";

const kinds = fc.constantFrom("d", "d", "d", "d", "N", "C", "Z");
const messages = fc.array(
  fc.tuple(kinds, fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 400_000 }))),
  {
    maxLength: 20,
  },
);

/** The ways in which bytes get into a window; each says how many of those given it took. */
const intakes = {
  appended(window: CopyWindow, bytes: Buffer) {
    window.append(bytes);
    return bytes.length;
  },
  "received in the window's own memory"(window: CopyWindow, bytes: Buffer) {
    const memory = window.room();
    const count = Math.min(bytes.length, memory.length);
    memory.set(bytes.subarray(0, count));
    window.received(count, memory);
    return count;
  },
  "received in memory from elsewhere"(window: CopyWindow, bytes: Buffer) {
    window.room();
    window.received(bytes.length, Buffer.concat([bytes, Buffer.from("x")]));
    return bytes.length;
  },
};

test.each(Object.entries(intakes))("messages come whole and in order, however they were cut: %s", (_, take) => {
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
        at += take(window, stream.subarray(at, at + size));
        drain();
      }
      expect(found).toEqual(sent);
      expect(window.isEmpty).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("a large message does not stay in memory", () => {
  const window = createCopyWindow();
  window.append(message("d", Buffer.alloc(20_000_000)));
  expect(window.takeData()?.bytes.length).toBeGreaterThan(20_000_000);
  window.append(message("d", Buffer.alloc(10)));
  expect(window.takeData()?.bytes.length).toBeLessThan(400_000);
});

test("memory is used again and again", () => {
  const window = createCopyWindow();
  const memories = new Set<ArrayBufferLike>();
  for (let i = 0; i < 200; i++) {
    const memory = window.room();
    memories.add(memory.buffer);
    memory.set(message("d", Buffer.alloc(60_000)));
    window.received(60_005, memory);
    expect(window.takeData()).toBeDefined();
  }
  expect(memories.size).toBe(2);
});

function message(kind: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.write(kind, "latin1");
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}
