import type { ConnectorContext } from "../../sdk/context.js";
import { ConfigError } from "../../sdk/errors.js";
import type { CheckpointMessage, Message } from "../../sdk/messages.js";
import { streamId } from "../../sdk/schema/stream.js";
import type { ReadRequest } from "../../sdk/source.js";
import { quoteIdentifier, quoteTable } from "../../sdk/sql/postgres/identifiers.js";
import { postgresError } from "../../sdk/sql/postgres/postgres-error.js";
import type { PostgresConfig } from "./config.js";
import type { Connections } from "./connections.js";
import { readFull } from "./read-full.js";
import { readIncremental } from "./read-incremental.js";
import { beginSession } from "./read-session.js";

export interface ReadOptions {
  readonly config: PostgresConfig;
  readonly connections: Connections;
  readonly context: ConnectorContext;
  readonly request: ReadRequest;
}

/** Reads one stream over a connection of its own, which goes back clean or not at all. */
export async function* readStream({ config, connections, context, request }: ReadOptions): AsyncGenerator<Message> {
  const signal = AbortSignal.any([request.signal, context.signal]);
  const stream = streamId(request.stream);
  if (request.mode === "cdc") {
    throw new ConfigError("read.mode_unsupported", `${stream}: postgres does not read cdc`, {
      hint: "use incremental or full_refresh",
      stream,
    });
  }
  const client = await connections.take(signal);
  let clean = false;
  let last: CheckpointMessage;
  try {
    const session = await beginSession({
      config,
      connections,
      request: { ...request, signal },
      client,
      log: context.log,
    });
    yield* session.changes;
    last = yield* request.mode === "incremental" ? readIncremental(session) : readFull(session);
    await client.query("commit");
    clean = true;
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error, request);
  } finally {
    if (clean) connections.give(client);
    else connections.drop(client);
  }
  // Only now: what the consumer does with it may take long, and the server should not keep the snapshot for that.
  yield last;
}

function explained(error: unknown, { stream: { namespace, name } }: ReadRequest): Error {
  const stream = streamId({ name, ...(namespace === undefined ? {} : { namespace }) });
  const known = postgresError(error, { stream });
  if (known.code !== "postgres.no_grant" || namespace === undefined) return known;
  const usage = `GRANT USAGE ON SCHEMA ${quoteIdentifier(namespace)} TO <role>`;
  const select = `GRANT SELECT ON TABLE ${quoteTable({ schema: namespace, name })} TO <role>`;
  const hint = `let the owner run: ${usage}; ${select};`;
  return new ConfigError(known.code, known.message, { hint, stream, cause: error });
}
