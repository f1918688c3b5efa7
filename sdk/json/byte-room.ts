/**
 * Room for bytes that come piece by piece and are looked at together. It grows in place and is given back to the system at
 * once when it is emptied, which the garbage of as many bytes would not be.
 */
export interface ByteRoom {
  readonly length: number;
  add(piece: Uint8Array): void;
  /** What is in it; valid until something is added or it is emptied. */
  bytes(): Buffer;
  empty(): void;
}

/** What is kept when it is emptied, so that small contents do not cost the system's attention. */
const keptBytes = 4 * 1024 * 1024;
const step = 1024 * 1024;

/** @param mostBytes address space that is reserved for it; more cannot be added */
export function byteRoom(mostBytes: number): ByteRoom {
  const room = new ArrayBuffer(0, { maxByteLength: mostBytes });
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(piece) {
      const needed = length + piece.length;
      if (needed > room.byteLength) room.resize(Math.min(mostBytes, Math.ceil(needed / step) * step));
      new Uint8Array(room, length, piece.length).set(piece);
      length = needed;
    },
    bytes: () => Buffer.from(room, 0, length),
    empty() {
      length = 0;
      if (room.byteLength > keptBytes) room.resize(0);
    },
  };
}
