import type { Duplex } from "node:stream";
import type { CopyWindow } from "./copy-window.js";
import { isReceivingSocket, type ReceivingSocket } from "./receiving-socket.js";

/** A socket, plain or TLS, that is read here instead of by its own listeners. */
export interface TakenSocket {
  /**
   * Resolves when more bytes stand in the window; until the next call nothing is changed there.
   * @throws Error of the socket once nothing more can come
   */
  receive(): Promise<void>;
  /** Gives it back to the listeners it had. */
  giveBack(): void;
}

/** How bytes get from a socket into the window. */
interface Intake {
  /** Puts what has come into the window; false where nothing has. */
  fill(): boolean;
  start(wake: () => void): void;
  stop(): void;
}

/** Bytes that are read ahead of their consumer before the socket is paused, and the server with it. */
const aheadBytes = 512 * 1024;

export function takeSocket(stream: Duplex, window: CopyWindow): TakenSocket {
  const intake = isReceivingSocket(stream) ? directIntake(stream, window) : queuedIntake(stream, window);
  let failure: Error | undefined;
  let wake = () => {};
  const onError = (error: Error) => {
    failure ??= error;
    wake();
  };
  const onClose = () => onError(Object.assign(new Error("the server closed the connection"), { code: "ECONNRESET" }));

  const listeners = stream.listeners("data");
  stream.removeAllListeners("data");
  stream.on("error", onError).on("close", onClose);
  intake.start(() => wake());

  return {
    async receive() {
      while (!intake.fill()) {
        if (failure === undefined && stream.destroyed) onClose();
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    giveBack() {
      intake.stop();
      stream.off("error", onError).off("close", onClose);
      for (const listener of listeners) stream.on("data", listener as (chunk: Uint8Array) => void);
      stream.resume();
    },
  };
}

/**
 * A server sends in pieces of 8 KB. After a read that brought less than this, the next one waits a moment, while as much
 * comes as one read can take: it costs one wake-up instead of twenty.
 */
const smallRead = { bytes: 64 * 1024, pauseMilliseconds: 1 } as const;

/** The socket writes into the window's own memory, and only when asked: what comes meanwhile waits in the kernel. */
function directIntake(socket: ReceivingSocket, window: CopyWindow): Intake {
  let filled = false;
  let wasSmall = false;
  return {
    fill() {
      const result = filled;
      filled = false;
      if (result) return true;
      if (wasSmall) setTimeout(() => socket.resume(), smallRead.pauseMilliseconds);
      else socket.resume();
      return false;
    },
    start(wake) {
      socket.divert({
        room: () => window.room(),
        received(count, memory) {
          window.received(count, memory);
          filled = true;
          wasSmall = count < smallRead.bytes;
          wake();
        },
      });
    },
    stop: () => socket.divert(undefined),
  };
}

/** Buffers that the socket allocates, read a little ahead. */
function queuedIntake(stream: Duplex, window: CopyWindow): Intake {
  const queue: Uint8Array[] = [];
  let queued = 0;
  let onData = (_: Uint8Array) => {};
  return {
    fill() {
      const chunk = queue.shift();
      if (chunk === undefined) return false;
      window.append(chunk);
      queued -= chunk.length;
      if (queue.length === 0 && stream.isPaused()) stream.resume();
      return true;
    },
    start(wake) {
      onData = (chunk) => {
        queue.push(chunk);
        queued += chunk.length;
        if (queued >= aheadBytes) stream.pause();
        wake();
      };
      stream.on("data", onData);
    },
    stop: () => void stream.off("data", onData),
  };
}
