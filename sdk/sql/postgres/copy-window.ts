import { type CopyBlock, copySlack } from "./copy-block.js";

/** The bytes of the server that are not used yet, one after the other, however the socket cut them. */
export interface CopyWindow {
  /** The whole CopyData messages at the front, undefined where there is none; they count as used. */
  takeData(): CopyBlock | undefined;
  /** The one message at the front, of any kind, undefined where it is not there whole; it counts as used. */
  takeMessage(): { readonly kind: number; readonly body: Uint8Array } | undefined;
  /** Adds what the socket gave. What was taken before is no longer valid. */
  append(chunk: Uint8Array): void;
  readonly isEmpty: boolean;
}

const usualBytes = 256 * 1024;
/** A window that a large value has blown up is let go once it is this many times the usual size. */
const generous = 8;
const headerBytes = 5;
const copyData = 0x64; // d

export function createCopyWindow(): CopyWindow {
  let bytes = new Uint8Array(usualBytes + copySlack);
  let view = new DataView(bytes.buffer);
  let start = 0;
  let end = 0;

  const held = () => end - start;
  /** The bytes of the message at `at` with its header, as far as the header says already. */
  const messageBytes = (at: number) => (end - at < headerBytes ? headerBytes : 1 + view.getInt32(at + 1));

  function makeRoom(size: number): void {
    const tight = size + copySlack > bytes.length;
    const loose = bytes.length > generous * usualBytes && size < usualBytes;
    if (tight || loose) {
      const roomy = new Uint8Array(Math.max(usualBytes, 2 ** Math.ceil(Math.log2(size))) + copySlack);
      roomy.set(bytes.subarray(start, end));
      bytes = roomy;
      view = new DataView(bytes.buffer);
    } else if (start > 0) {
      bytes.copyWithin(0, start, end);
    }
    end -= start;
    start = 0;
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
    append(chunk) {
      // Room for the whole message at once: one of 50 MB would otherwise be copied at every doubling.
      makeRoom(Math.max(messageBytes(start), held() + chunk.length));
      bytes.set(chunk, end);
      end += chunk.length;
    },
    get isEmpty() {
      return start === end;
    },
  };
}
