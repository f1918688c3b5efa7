import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import type { Log } from "../../sdk/index.js";
import type { WebhookConfig } from "./config.js";
import { type InboxWriter, openInbox, type ReceivedEvent } from "./inbox.js";
import { isSigned } from "./signature.js";

export interface Receiver {
  readonly url: string;
  /** Ends it when what is under way is safe. */
  close(): Promise<void>;
}

/** Headers that are kept with an event: who sent it and what it is, never credentials. */
const keptHeaders = /^(webhook-(id|timestamp)|x-github-(event|delivery)|x-event-.*|user-agent|content-type)$/;

/** Listens for events. Each is answered 202 once it is safe on disk; one inbox has one receiver. */
export async function receiveEvents(config: WebhookConfig, projectDir: string, log: Log): Promise<Receiver> {
  const inboxes = new Map<string, InboxWriter>();
  for (const stream of config.streams) {
    inboxes.set(stream, await openInbox(join(resolve(projectDir, config.inbox), stream)));
  }
  const server = createServer((request, response) => {
    void take(request, response).catch((error: unknown) => {
      log("error", `an event was not taken: ${error instanceof Error ? error.message : error}`);
      answer(response, 500, { error: "not stored" });
    });
  });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const inbox = inboxes.get(new URL(request.url ?? "/", "http://receiver").pathname.slice(1));
    if (inbox === undefined) return answer(response, 404, { error: "no such stream" });
    if (request.method !== "POST") return answer(response, 405, { error: "post events" });
    const body = await bodyOf(request, config.max_event_bytes);
    if (body === undefined) return answer(response, 413, { error: "too large" });
    const headers = plain(request.headers);
    const secret = config.signing_secret?.reveal();
    if (secret !== undefined && !isSigned(headers, body, secret, Date.now())) {
      return answer(response, 401, { error: "no right signature" });
    }
    const text = body.toString("utf8");
    if (!isJson(text)) return answer(response, 400, { error: "not JSON" });
    const event: ReceivedEvent = {
      id: headers["webhook-id"] ?? headers["x-github-delivery"] ?? randomUUID(),
      received_at: new Date().toISOString(),
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => keptHeaders.test(name))),
      body: text,
    };
    await inbox.add(event);
    answer(response, 202, { event_id: event.id, received_at: event.received_at });
  }

  server.listen(config.port, config.host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${config.host}:${port}`,
    async close() {
      server.close();
      server.closeIdleConnections();
      await once(server, "close");
      for (const inbox of inboxes.values()) await inbox.close();
    },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** The whole body; undefined where it is too long. */
async function bodyOf(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > most) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function plain(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
