import { Readable } from "node:stream";
import type { WireRequest } from "../../http/request.js";
import type { RawResponse, Transport } from "../../http/transport.js";
import type { Json } from "../../json.js";

/** A system that a connector is tested against without a network: a function from requests to answers. */
export type FixtureServer = (request: FixtureRequest) => FixtureAnswer | Promise<FixtureAnswer>;

export interface FixtureRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FixtureAnswer {
  /** 200 where absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body: JSON, or text or bytes as they are. */
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
}

/** For a context (`testContext({ tapHttp: answeredBy(server) })`): the connector's requests go to the function, and none to the network. */
export function answeredBy(server: FixtureServer): (network: Transport) => Transport {
  return () => fixtureTransport(server);
}

/** A transport that has the function in place of the network. */
export function fixtureTransport(server: FixtureServer): Transport {
  return {
    async send(request, signal) {
      signal.throwIfAborted();
      const answer = await server(asFixtureRequest(request));
      return rawResponse(request.url, answer);
    },
    close: () => undefined,
  };
}

function asFixtureRequest({ method, url, headers, body = "" }: WireRequest): FixtureRequest {
  return { method, url, headers, body: typeof body === "string" ? body : Buffer.from(body).toString() };
}

/** An answer as a transport gives it. */
export function rawResponse(url: URL, { status = 200, headers = {}, json, body }: FixtureAnswer): RawResponse {
  const content = body ?? (json === undefined ? "" : JSON.stringify(json as Json));
  const bytes = typeof content === "string" ? Buffer.from(content) : Buffer.from(content);
  const type = json === undefined ? {} : { "content-type": "application/json" };
  return { status, headers: { ...type, ...headers }, url, body: Readable.from([bytes]) };
}
