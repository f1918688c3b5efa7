import { type OnReadOpts, Socket, type SocketConstructorOpts } from "node:net";
import type { Duplex } from "node:stream";

/** Where a socket puts what comes, instead of allocating a buffer for every read. */
export interface Receiver {
  /** Memory for the bytes that come next; it must stand until then. */
  room(): Uint8Array;
  /** The next `count` bytes stand at the beginning of `memory`. Nothing more is read before the socket is resumed. */
  received(count: number, memory: Uint8Array): void;
}

/** A plain socket whose bytes can be diverted into memory of the consumer's own; without that it is like any other. */
export interface ReceivingSocket extends Socket {
  /** Undefined: bytes come as `data` events again. */
  divert(to: Receiver | undefined): void;
}

const ordinaryBytes = 64 * 1024;

export function receivingSocket(): ReceivingSocket {
  const ordinary = new Uint8Array(ordinaryBytes);
  let receiver: Receiver | undefined;
  const onread: OnReadOpts = {
    buffer: () => receiver?.room() ?? ordinary,
    callback(count, memory) {
      if (receiver === undefined) {
        // The stream keeps it, and the memory is used again.
        socket.push(Buffer.from(memory.subarray(0, count)));
        return true;
      }
      receiver.received(count, memory);
      return false;
    },
  };
  const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = { onread };
  const socket = new Socket(options);
  return Object.assign(socket, {
    divert(to: Receiver | undefined) {
      receiver = to;
    },
  });
}

export function isReceivingSocket(stream: Duplex): stream is ReceivingSocket {
  return "divert" in stream;
}
