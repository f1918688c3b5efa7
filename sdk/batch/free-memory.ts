import { MessageChannel, type MessagePort } from "node:worker_threads";

/**
 * Gives memory back to the system at once, and what was in it is gone. Left to the collector, it makes it run through the
 * whole heap again and again: megabytes hang on objects of a few bytes. Each buffer must be its holder's alone.
 */
export function freeMemory(buffers: readonly ArrayBuffer[]): void {
  nowhere ??= closedPort();
  // What is transferred to nobody is gone: a message that has no receiver is destroyed with all that is in it.
  nowhere.postMessage(undefined, buffers);
}

/** Gives the memory of bytes back that nobody looks at again, where it is their own and worth the call. */
export function freeBytes(bytes: Uint8Array): void {
  if (bytes.length >= leastFreed && ownsItsMemory(bytes)) freeMemory([bytes.buffer as ArrayBuffer]);
}

/** Small memory is not worth the call. */
export const leastFreed = 64 * 1024;

/** Whether bytes are all of the memory they lie in, and not a part of a pool. */
export function ownsItsMemory({ byteLength, buffer }: Uint8Array): boolean {
  return byteLength > 0 && byteLength === buffer.byteLength;
}

let nowhere: MessagePort | undefined;

function closedPort(): MessagePort {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}
