import pg from "pg";
import { inject } from "vitest";
import postgres from "../../../connectors/postgres/index.js";
import type { JsonObject } from "../../../sdk/json.js";
import type { Message } from "../../../sdk/messages.js";
import { type Stream, streamId } from "../../../sdk/schema/stream.js";
import type { OpenSource, ReadRequest } from "../../../sdk/source.js";
import { readRequest, readStream, type StreamRead } from "../../../sdk/testing/read-stream.js";
import { type TestContext, testContext } from "../../../sdk/testing/test-context.js";
import { createDatabase } from "../../support/database.js";

/** A database of its own with a client to fill it, and the source opened on it. */
export interface Shop {
  readonly url: string;
  readonly client: pg.Client;
  readonly source: OpenSource;
  readonly context: TestContext;
  stream(id: string): Promise<Stream>;
  read(id: string, overrides?: Partial<ReadRequest>): Promise<StreamRead>;
  /** A second session. */
  connect(): Promise<pg.Client>;
  close(): Promise<void>;
}

export async function openShop(name: string, setup: string, config: JsonObject = {}): Promise<Shop> {
  const url = await createDatabase(inject("postgresUrl"), name);
  const clients: pg.Client[] = [];
  const connect = async () => {
    const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => (text: string) => text } });
    client.on("error", () => undefined);
    await client.connect();
    await client.query("set timezone = 'UTC'; set datestyle = 'ISO'; set extra_float_digits = 3");
    clients.push(client);
    return client;
  };
  const client = await connect();
  await client.query(setup);
  const context = testContext();
  const source = await postgres.open(postgres.config.parse({ url, ...config }), context);
  const stream = async (id: string) => {
    const { streams } = await source.discover({ streams: [id] });
    const found = streams.find((candidate) => streamId(candidate) === id);
    if (found === undefined) throw new Error(`no stream ${id}`);
    return found;
  };
  return {
    url,
    client,
    source,
    context,
    stream,
    connect,
    read: async (id, overrides = {}) => await readStream(source, readRequest(await stream(id), overrides)),
    async close() {
      await source.close();
      await Promise.all(clients.map((open) => open.end()));
      context.remove();
    },
  };
}

/** The messages of a read up to the first that `stop` accepts, where the consumer leaves. */
export async function readUntil(
  source: OpenSource,
  request: ReadRequest,
  stop: (message: Message) => boolean,
): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of source.read(request)) {
    messages.push(message);
    if (stop(message)) break;
  }
  return messages;
}
