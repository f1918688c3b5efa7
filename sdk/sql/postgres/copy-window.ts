import { unzeroedMemory } from "../../batch/memory.js";
import { type CopyBlock, copySlack } from "./copy-block.js";

/** The bytes of the server that are not used yet, one after the other, however the socket cut them. */
export interface CopyWindow {
  /** The whole CopyData messages at the front, undefined where there is none; they count as used. */
  takeData(): CopyBlock | undefined;
  /** The one message at the front, of any kind, undefined where it is not there whole; it counts as used. */
  takeMessage(): { readonly kind: number; readonly body: Uint8Array } | undefined;
  /** Adds what a socket gave. What was taken before is no longer valid. */
  append(chunk: Uint8Array): void;
  /** Memory for what comes next, to be given to `received`: a copy less than `append`. */
  room(): Uint8Array;
  /** Adds the first `count` bytes of `memory`. What was taken before is no longer valid. */
  received(count: number, memory: Uint8Array): void;
  readonly isEmpty: boolean;
}

const usualBytes = 256 * 1024;
/** A window that a large value has blown up is let go once it is this many times the usual size. */
const generous = 8;
/** Less room than this is not worth a read. */
const leastRoom = 64 * 1024;
/** In fresh memory this much is left free in front, for what is left of the bytes before. */
const frontBytes = 64 * 1024;
const headerBytes = 5;
const copyData = 0x64; // d

export function createCopyWindow(): CopyWindow {
  let bytes = newMemory(usualBytes);
  let view = new DataView(bytes.buffer);
  let start = 0;
  let end = 0;
  /** The memory that was given last, where it is not in `bytes`. */
  let fresh: Uint8Array<ArrayBuffer> | undefined;
  let spare: Uint8Array<ArrayBuffer> | undefined;
  let offered: Uint8Array | undefined;

  const held = () => end - start;
  /** The bytes of the message at `at` with its header, as far as the header says already. */
  const messageBytes = (at: number) => (end - at < headerBytes ? headerBytes : 1 + view.getInt32(at + 1));

  function use(memory: Uint8Array<ArrayBuffer>): void {
    bytes = memory;
    view = new DataView(memory.buffer);
  }

  function makeRoom(size: number): void {
    const tight = size + copySlack > bytes.length;
    const loose = bytes.length > generous * usualBytes && size < usualBytes;
    if (tight || loose) {
      const roomy = newMemory(Math.max(usualBytes, 2 ** Math.ceil(Math.log2(size))));
      roomy.set(bytes.subarray(start, end));
      use(roomy);
    } else if (start > 0) {
      bytes.copyWithin(0, start, end);
    }
    end -= start;
    start = 0;
  }

  function append(chunk: Uint8Array): void {
    // Room for the whole message at once: one of 50 MB would otherwise be copied at every doubling.
    makeRoom(Math.max(messageBytes(start), held() + chunk.length));
    bytes.set(chunk, end);
    end += chunk.length;
  }

  return {
    takeData() {
      let at = start;
      while (end - at >= headerBytes && bytes[at] === copyData) {
        const next = at + 1 + view.getInt32(at + 1);
        if (next > end) break;
        at = next;
      }
      if (at === start) return undefined;
      const block = { bytes, view, start, end: at };
      start = at;
      return block;
    },
    takeMessage() {
      const size = messageBytes(start);
      if (held() < size) return undefined;
      const message = { kind: bytes[start]!, body: bytes.subarray(start + headerBytes, start + size) };
      start += size;
      return message;
    },
    append,
    room() {
      const isSpacious = bytes.length - copySlack - end >= leastRoom;
      const isOutgrown = bytes.length > generous * usualBytes && held() >= messageBytes(start);
      fresh = isSpacious && !isOutgrown ? undefined : (spare ?? newMemory(usualBytes));
      offered =
        fresh === undefined
          ? bytes.subarray(end, bytes.length - copySlack)
          : fresh.subarray(frontBytes, fresh.length - copySlack);
      return offered;
    },
    received(count, memory) {
      if (memory !== offered || (fresh !== undefined && held() > frontBytes)) return append(memory.subarray(0, count));
      if (fresh === undefined) {
        end += count;
        return;
      }
      const begin = frontBytes - held();
      fresh.set(bytes.subarray(start, end), begin);
      spare = bytes.length === fresh.length ? bytes : undefined;
      use(fresh);
      start = begin;
      end = frontBytes + count;
    },
    get isEmpty() {
      return start === end;
    },
  };
}

function newMemory(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(unzeroedMemory(size + copySlack));
}
