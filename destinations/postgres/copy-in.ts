import { copyHeader, copyTrailer, frameBytes } from "../../sdk/sql/postgres/copy-encode.js";
import type { CopyFrame } from "../../sdk/sql/postgres/copy-encode-field.js";
import { destinationError } from "./destination-error.js";
import type { Session } from "./session.js";

/** A COPY that is under way: the connection takes nothing else until `end` or `cancel`. */
export interface CopyIn {
  /**
   * Sends CopyData messages; resolves when the socket has room again. `encode` is given a source of frames, which are
   * its own until it yields a part of them.
   */
  write(encode: (frame: (bytes: number) => CopyFrame) => Iterable<Uint8Array>): Promise<void>;
  /** Sends whole CopyData messages as they are; resolves when their memory is no longer needed. */
  pass(messages: Uint8Array): Promise<void>;
  /** Says that all is sent; resolves with the rows that the server counted. */
  end(): Promise<number>;
  /** Takes everything back. */
  cancel(): Promise<void>;
}

/** Frames that may wait in the socket's queue: 1 MB. */
const framesInFlight = 16;
/** CopyDone and CopyFail: https://www.postgresql.org/docs/current/protocol-message-formats.html. */
const copyDone = Buffer.from("c\0\0\0\x04", "latin1");
const copyFail = Buffer.from("f\0\0\0\x0bsluice\0", "latin1");

/**
 * Starts `COPY … FROM STDIN (FORMAT binary)` and writes to the connection's own socket: no copy, no event per message.
 * An error of the server surfaces at the next call.
 */
export async function startCopyIn({ client, server }: Session, sql: string): Promise<CopyIn> {
  const free: CopyFrame[] = [];
  const started = signal<void>();
  const finished = signal<number>();
  let failure: unknown;
  let inFlight = 0;
  let room = () => {};
  let rows = 0;

  client.query({
    submit: (connection: { query(sql: string): void }) => connection.query(sql),
    handleCopyInResponse: () => started.resolve(),
    handleCommandComplete(message: { text: string }) {
      rows = Number(/^COPY (\d+)$/.exec(message.text)?.[1]);
    },
    handleReadyForQuery: () => finished.resolve(rows),
    handleError(error: unknown) {
      failure = destinationError(error, server);
      started.reject(failure);
      finished.reject(failure);
      room();
    },
  });
  await started.promise;
  const socket = client.connection.stream;
  socket.write(copyHeader);

  return {
    async write(encode) {
      let current: CopyFrame | undefined;
      const messages = encode((bytes) => {
        current = free.pop() ?? newFrame(frameBytes);
        if (bytes > frameBytes) current = newFrame(bytes);
        return current;
      });
      for (const message of messages) {
        const frame = current!;
        inFlight++;
        socket.write(message, () => {
          inFlight--;
          if (frame.bytes.length === frameBytes) free.push(frame);
          room();
        });
        while (inFlight >= framesInFlight && failure === undefined) {
          await new Promise<void>((resolve) => {
            room = resolve;
          });
        }
        if (failure !== undefined) throw failure;
      }
    },
    async pass(messages) {
      await new Promise<void>((resolve) => {
        socket.write(messages, () => resolve());
      });
      if (failure !== undefined) throw failure;
    },
    async end() {
      if (failure === undefined) {
        socket.write(copyTrailer);
        socket.write(copyDone);
      }
      return finished.promise;
    },
    async cancel() {
      if (failure === undefined) socket.write(copyFail);
      await finished.promise.catch(() => undefined);
    },
  };
}

function newFrame(length: number): CopyFrame {
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer) };
}

interface Signal<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
  reject(error: unknown): void;
}

/** A promise with its ends; a rejection that nobody waits for yet is not an unhandled one. */
function signal<Value>(): Signal<Value> {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
