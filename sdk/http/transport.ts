import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import type { Readable } from "node:stream";
import { type Got, got, type Request } from "got";
import { ConfigError } from "../errors.js";
import type { AddressGuard } from "./address-guard.js";
import { networkError } from "./network-error.js";
import { followed, isRedirect } from "./redirect.js";
import type { Headers, WireRequest } from "./request.js";

/** The answer to one request, its body still to be read and decompressed already. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from in the end. */
  readonly url: URL;
  /** Must be read to its end or destroyed. */
  readonly body: AnswerBody;
}

/** Where nobody else holds the memory of its chunks, whoever reads them may give it back. */
export type AnswerBody = Readable & { readonly chunksAreOwn?: boolean };

export interface TransportOptions {
  readonly guard: AddressGuard;
  readonly userAgent: string;
  /** How long a server may say nothing at all. */
  readonly silenceMs: number;
}

/** Connections to servers, kept open between requests. */
export interface Transport {
  /**
   * Sends a request once and follows its redirects; every status is an answer.
   * @throws TransientError `http.network` · ConfigError `http.host_not_found`, `http.address_refused`, `http.tls`, `http.redirects`
   */
  send(request: WireRequest, signal: AbortSignal): Promise<RawResponse>;
  close(): void;
}

const mostRedirects = 10;

export function openTransport({ guard, userAgent, silenceMs }: TransportOptions): Transport {
  const agents = { http: new Agent({ keepAlive: true }), https: new SecureAgent({ keepAlive: true }) };
  const client: Got = got.extend({
    agent: agents,
    dnsLookup: guard.lookup,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    headers: { "user-agent": userAgent },
    timeout: { connect: 30_000, secureConnect: 30_000, socket: silenceMs },
    // Cookies, caches and hooks of got stay unused: what is sent is what the request says.
    decompress: true,
  });

  async function sendOnce({ method, url, headers, body }: WireRequest, signal: AbortSignal): Promise<RawResponse> {
    guard.refuse(url);
    const stream = client.stream(url, {
      method: method as "GET",
      headers: { ...headers },
      signal,
      ...(body === undefined ? {} : { body }),
    });
    return answer(stream, url, signal);
  }

  return {
    async send(request, signal) {
      let current = request;
      for (let hops = 0; hops <= mostRedirects; hops++) {
        const response = await sendOnce(current, signal);
        const location = response.headers.location;
        if (!isRedirect(response.status) || location === undefined) return response;
        response.body.destroy();
        current = followed(current, response.status, location);
      }
      throw new ConfigError("http.redirects", `${request.url.origin} redirects more than ${mostRedirects} times`, {
        hint: "check the base URL: it may redirect to itself, for example for want of a login",
      });
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Waits for the head of the answer. Errors of the body come out where it is read. */
function answer(stream: Request, url: URL, signal: AbortSignal): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(signal.aborted ? signal.reason : networkError(error, url));
    stream.once("error", fail);
    stream.once(
      "response",
      ({ statusCode, headers }: { statusCode: number; headers: NodeJS.Dict<string | string[]> }) => {
        stream.off("error", fail);
        // Kept, so that a body that nobody reads any more cannot end the process.
        stream.on("error", () => undefined);
        // What is decompressed comes in pieces of memory that is written to again.
        const body = Object.assign(stream, { chunksAreOwn: headers["content-encoding"] === undefined });
        resolve({ status: statusCode, headers: joined(headers), url, body });
      },
    );
  });
}

function joined(headers: NodeJS.Dict<string | string[]>): Headers {
  const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  return Object.fromEntries(pairs);
}
