import type { Duplex } from "node:stream";

/** A socket, plain or TLS, that is read here instead of by its own listeners. */
export interface TakenSocket {
  /**
   * The next bytes that came.
   * @throws Error of the socket once nothing more can come
   */
  read(): Promise<Uint8Array>;
  /** Gives it back to the listeners it had. */
  giveBack(): void;
}

/** Bytes that are read ahead of their consumer before the socket is paused, and the server with it. */
const aheadBytes = 512 * 1024;

export function takeSocket(stream: Duplex): TakenSocket {
  const queue: Uint8Array[] = [];
  let queued = 0;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  const onData = (chunk: Uint8Array) => {
    queue.push(chunk);
    queued += chunk.length;
    if (queued >= aheadBytes) stream.pause();
    wake?.();
  };
  const onError = (error: Error) => {
    failure ??= error;
    wake?.();
  };
  const onClose = () => onError(Object.assign(new Error("the server closed the connection"), { code: "ECONNRESET" }));

  const listeners = stream.listeners("data");
  stream.removeAllListeners("data");
  stream.on("data", onData).on("error", onError).on("close", onClose);

  return {
    async read() {
      while (queue.length === 0) {
        if (failure === undefined && stream.destroyed) onClose();
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const chunk = queue.shift()!;
      queued -= chunk.length;
      if (queue.length === 0 && stream.isPaused()) stream.resume();
      return chunk;
    },
    giveBack() {
      stream.off("data", onData).off("error", onError).off("close", onClose);
      for (const listener of listeners) stream.on("data", listener as (chunk: Uint8Array) => void);
      stream.resume();
    },
  };
}
