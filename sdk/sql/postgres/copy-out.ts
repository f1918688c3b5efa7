import type { Duplex } from "node:stream";
import pg from "pg";
import { SystemError } from "../../errors.js";
import type { PostgresClient } from "./connect.js";

/**
 * A run of whole CopyData messages, each one row, in `view` from `start` to `end`. Valid until the next one is asked for.
 * At least `copySlack` bytes may be read past `end`.
 */
export interface CopyBlock {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

export const copySlack = 8;

const windowBytes = 256 * 1024;
const queueBytes = 512 * 1024;

/**
 * Runs `COPY … TO STDOUT` and gives its data as the messages lie in the socket's bytes, without one object a row; returns
 * the rows of the server's command tag. The connection's socket is read here until the server is ready again, then given
 * back to the driver. While the consumer holds a block, the socket is read no further than a small queue.
 *
 * A consumer that ends early leaves the connection destroyed: the server may still be sending.
 *
 * Protocol: https://www.postgresql.org/docs/current/protocol-message-formats.html
 * @throws pg.DatabaseError as the server sent it
 */
export async function* copyOut(client: PostgresClient, sql: string): AsyncGenerator<CopyBlock, number> {
  const socket = takeSocket(client.connection.stream);
  let finished = false;
  try {
    client.connection.query(sql);
    let bytes = new Uint8Array(windowBytes + copySlack);
    let view = new DataView(bytes.buffer);
    let start = 0;
    let end = 0;
    let rows = 0;
    let failure: Error | undefined;
    while (!finished) {
      let at = start;
      let need = 5;
      while (end - at >= 5 && bytes[at] === copyData) {
        need = 1 + view.getInt32(at + 1);
        if (end - at < need) break;
        at += need;
        need = 5;
      }
      if (at > start) {
        yield { bytes, view, start, end: at };
        start = at;
        continue;
      }
      if (end - at >= 5) need = 1 + view.getInt32(at + 1);
      if (end - at < need) {
        const chunk = await socket.read();
        const held = end - start;
        const size = Math.max(need, held + chunk.length);
        if (size + copySlack > bytes.length || (bytes.length > 8 * windowBytes && size < windowBytes)) {
          const grown = new Uint8Array(Math.max(windowBytes, 2 ** Math.ceil(Math.log2(size))) + copySlack);
          grown.set(bytes.subarray(start, end));
          bytes = grown;
          view = new DataView(bytes.buffer);
        } else if (start > 0) {
          bytes.copyWithin(0, start, end);
        }
        bytes.set(chunk, held);
        start = 0;
        end = held + chunk.length;
        continue;
      }
      const message = bytes.subarray(at + 5, at + need);
      switch (bytes[at]) {
        case errorResponse:
          failure = serverError(message);
          break;
        case commandComplete:
          rows = Number(/^COPY (\d+)/.exec(text(message))?.[1] ?? Number.NaN);
          break;
        case copyInResponse:
          throw new SystemError("postgres.protocol", "COPY … FROM was run where COPY … TO was meant");
        case readyForQuery:
          finished = true;
          break;
      }
      start = at + need;
    }
    if (start !== end) throw new SystemError("postgres.protocol", "the server sent more after it was ready");
    if (failure !== undefined) throw failure;
    return rows;
  } finally {
    if (finished) socket.giveBack();
    else client.connection.stream.destroy();
  }
}

const copyData = 0x64; // d
const commandComplete = 0x43; // C
const copyInResponse = 0x47; // G
const errorResponse = 0x45; // E
const readyForQuery = 0x5a; // Z

/** Reads a socket, plain or TLS, instead of the driver's own listener. */
function takeSocket(stream: Duplex): { read(): Promise<Uint8Array>; giveBack(): void } {
  const queue: Uint8Array[] = [];
  let queued = 0;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const onData = (chunk: Uint8Array) => {
    queue.push(chunk);
    queued += chunk.length;
    if (queued >= queueBytes) stream.pause();
    wake?.();
  };
  const onError = (error: Error) => {
    failure ??= error;
    wake?.();
  };
  const onClose = () => onError(Object.assign(new Error("the server closed the connection"), { code: "ECONNRESET" }));
  const driverListeners = stream.listeners("data");
  stream.removeAllListeners("data");
  stream.on("data", onData).on("error", onError).on("close", onClose);
  return {
    async read() {
      while (queue.length === 0) {
        if (failure !== undefined) throw failure;
        if (stream.destroyed) onClose();
        else
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
      for (const listener of driverListeners) stream.on("data", listener as (chunk: Uint8Array) => void);
      stream.resume();
    },
  };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** The fields of an ErrorResponse that messages are made of. */
function serverError(message: Uint8Array): Error {
  const fields = new Map(
    text(message)
      .split("\0")
      .map((field) => [field.slice(0, 1), field.slice(1)]),
  );
  const error = new pg.DatabaseError(fields.get("M") ?? "unknown error", message.length, "error");
  error.code = fields.get("C");
  error.detail = fields.get("D");
  return error;
}
