import pg from "pg";
import { SystemError } from "../../errors.js";
import type { PostgresClient } from "./connect.js";
import type { CopyBlock } from "./copy-block.js";
import { createCopyWindow } from "./copy-window.js";
import { takeSocket } from "./take-socket.js";

/** Kinds of messages (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
const messageKind = { commandComplete: 0x43, errorResponse: 0x45, copyInResponse: 0x47, readyForQuery: 0x5a } as const;

/**
 * Runs `COPY … TO STDOUT` and gives its data as the messages lie in the socket's bytes, without one object a row; returns
 * the rows of the server's command tag. The connection's socket is read here until the server is ready again, then given
 * back to the driver. While the consumer holds a block, the socket is read no further than a small queue, if at all.
 *
 * A consumer that ends early leaves the connection destroyed: the server may still be sending.
 * @throws pg.DatabaseError as the server sent it, or the socket's error
 */
export async function* copyOut(client: PostgresClient, sql: string): AsyncGenerator<CopyBlock, number> {
  const window = createCopyWindow();
  const socket = takeSocket(client.connection.stream, window);
  let rows = Number.NaN;
  let failure: Error | undefined;
  let ready = false;
  try {
    client.connection.query(sql);
    while (!ready) {
      const block = window.takeData();
      if (block !== undefined) {
        yield block;
        continue;
      }
      const message = window.takeMessage();
      if (message === undefined) {
        await socket.receive();
        continue;
      }
      switch (message.kind) {
        case messageKind.errorResponse:
          failure = serverError(message.body);
          break;
        case messageKind.commandComplete:
          rows = Number(/^COPY (\d+)/.exec(text(message.body))?.[1]);
          break;
        case messageKind.copyInResponse:
          throw new SystemError("postgres.protocol", "COPY … FROM was run where COPY … TO was meant");
        case messageKind.readyForQuery:
          ready = true;
          break;
      }
    }
    if (!window.isEmpty) throw new SystemError("postgres.protocol", "the server sent more after it was ready");
    if (failure !== undefined) throw failure;
    return rows;
  } finally {
    if (ready) socket.giveBack();
    else client.connection.stream.destroy();
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** The fields of an ErrorResponse that messages are made of. */
function serverError(body: Uint8Array): Error {
  const fields = new Map(
    text(body)
      .split("\0")
      .map((field) => [field.slice(0, 1), field.slice(1)]),
  );
  const error = new pg.DatabaseError(fields.get("M") ?? "unknown error", body.length, "error");
  error.code = fields.get("C");
  error.detail = fields.get("D");
  return error;
}
