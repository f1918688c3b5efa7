import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a test server received it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface HttpServer {
  readonly url: string;
  /** Everything received so far. */
  readonly requests: readonly ReceivedRequest[];
  close(): Promise<void>;
}

/** Answers a request: the value is sent as JSON, unless the function has answered by itself. */
export type Answer = (request: ReceivedRequest, response: ServerResponse) => unknown;

/** A server on 127.0.0.1 for one test. */
export async function httpServer(answer: Answer): Promise<HttpServer> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { pathname, searchParams } = new URL(incoming.url!, "http://server");
      const request: ReceivedRequest = {
        method: incoming.method!,
        path: pathname,
        query: searchParams,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
      };
      requests.push(request);
      void respond(request, response);
    });
  });

  async function respond(request: ReceivedRequest, response: ServerResponse): Promise<void> {
    const value = await answer(request, response);
    if (value === undefined) return;
    response
      .setHeader("content-type", "application/json")
      .end(typeof value === "string" ? value : JSON.stringify(value));
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
